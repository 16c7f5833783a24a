using System.Diagnostics;
using System.Globalization;
using Garnet;
using Microsoft.Extensions.Logging;
using Tsavorite.core;

namespace Fleet.Garnet;

/// <summary>One Garnet server in this process, with the arguments that the fleet needs.</summary>
internal sealed class GarnetInstance : IDisposable
{
    private static readonly TimeSpan s_commitTimeout = TimeSpan.FromSeconds(10);

    private readonly GarnetServer _server;
    private readonly bool _hasLog;

    private GarnetInstance(GarnetServer server, bool hasLog) => (_server, _hasLog) = (server, hasLog);

    /// <summary>Reads the log back and starts a server on 127.0.0.1.</summary>
    /// <param name="port">TCP port, 1 to 65535.</param>
    /// <param name="password">Password of every connection; null for none.</param>
    /// <param name="logFolder">Folder of the append-only log; null for none.</param>
    /// <param name="loggers">Receives Garnet's warnings and errors.</param>
    public static GarnetInstance Start(int port, string? password, string? logFolder, ILoggerFactory loggers)
    {
        GarnetServer? server = null;
        try
        {
            server = new GarnetServer(Arguments(port, password, logFolder), loggers);
            server.Start();
            return new(server, logFolder is not null);
        }
        catch
        {
            server?.Dispose();
            throw;
        }
        finally
        {
            // Garnet adds a trace listener that writes to standard output, which is for the program's own output.
            foreach (var listener in Trace.Listeners.OfType<ConsoleTraceListener>().ToList())
            {
                Trace.Listeners.Remove(listener);
            }
        }
    }

    /// <summary>Writes the log to disk, within 10 s. Returns why it cannot be written; null if it was, if there is none, or if the disk is slow.</summary>
    public async Task<string?> TryCommitAsync()
    {
        if (!_hasLog)
        {
            return null;
        }

        using var timeout = new CancellationTokenSource(s_commitTimeout);
        try
        {
            await _server.Store.CommitAOFAsync(timeout.Token);
            await _server.Store.WaitForCommitAsync(timeout.Token);
            return null;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return null;
        }
        catch (CommitFailureException e)
        {
            return (e.InnerException ?? e).Message;
        }
    }

    /// <summary>Stops the server.</summary>
    public void Dispose() => _server.Dispose();

    // --lua-transaction-mode makes EVAL atomic: without it, scripts of two connections interleave and lose updates.
    private static string[] Arguments(int port, string? password, string? logFolder) =>
    [
        "-q", "--bind", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture),
        "--lua", "--lua-transaction-mode",
        "--memory", $"{MemoryMegabytes(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)}m", "--page", "4m", "--index", "8m",
        .. password is null ? (string[])[] : ["--auth", "Password", "--password", password],
        // The default native device needs libaio. A log that cannot be read is an error here; by default Garnet starts empty.
        .. logFolder is null ? (string[])[] :
        [
            "--aof", "true", "--recover", "true", "--fail-on-recovery-error", "true", "--aof-commit-freq", "1000",
            "--checkpointdir", logFolder, "--device-type", "RandomAccess",
        ],
    ];

    /// <summary>Half of the memory that the process may use, in MiB, and at least 256. Above its limit Garnet silently evicts the oldest keys, among them
    /// the current host shell. It allocates no memory before there is data.</summary>
    internal static long MemoryMegabytes(long available) => Math.Max(256, available / 2 / (1024 * 1024));
}
