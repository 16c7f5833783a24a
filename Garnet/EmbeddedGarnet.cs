using System.Globalization;
using Fleet.ServiceDefaults;
using Garnet;
using Microsoft.Extensions.Logging;

namespace Fleet.Garnet;

/// <summary>Garnet in this process, set up as the fleet needs its Redis: Lua scripts that are atomic, a bounded memory, and data on disk only when a
/// folder is given.</summary>
public sealed class EmbeddedGarnet : IDisposable
{
    private readonly GarnetServer _server;

    private EmbeddedGarnet(GarnetServer server) => _server = server;

    /// <summary>Starts a server on 127.0.0.1.</summary>
    /// <param name="port">TCP port, 1 to 65535.</param>
    /// <param name="dataFolder">Folder for the append-only log, which is read back at start; null keeps all data in memory only.</param>
    /// <param name="password">Password of every connection; null for none.</param>
    /// <param name="loggers">Receives Garnet's warnings and errors.</param>
    /// <exception cref="StartException">The port is taken, or the folder cannot be written.</exception>
    public static EmbeddedGarnet Start(int port, string? dataFolder = null, string? password = null, ILoggerFactory? loggers = null)
    {
        GarnetServer? server = null;
        try
        {
            if (dataFolder is not null)
            {
                Directory.CreateDirectory(dataFolder);
            }

            server = new GarnetServer(Arguments(port, dataFolder, password), loggers);
            server.Start();
            return new(server);
        }
        catch (Exception e)
        {
            server?.Dispose();
            throw new StartException($"Garnet cannot listen on 127.0.0.1:{port}{(dataFolder is null ? "" : $" with its data in '{dataFolder}'")}: {e.Message}", e);
        }
    }

    /// <summary>Stops the server. Data that the log has is kept in the data folder.</summary>
    public void Dispose() => _server.Dispose();

    // --lua-transaction-mode makes EVAL atomic: without it, scripts of two connections interleave and lose updates.
    private static string[] Arguments(int port, string? dataFolder, string? password) =>
    [
        "--bind", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--logger-level", "Warning",
        "--lua", "--lua-transaction-mode",
        "--memory", "256m", "--page", "4m", "--index", "8m",
        .. password is null ? (string[])[] : ["--auth", "Password", "--password", password],
        // The default native device needs libaio.
        .. dataFolder is null ? (string[])[] : ["--aof", "true", "--recover", "true", "--aof-commit-freq", "1000", "--checkpointdir", dataFolder, "--device-type", "RandomAccess"],
    ];
}
