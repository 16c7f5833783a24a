using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fleet.Tests.Processes;

/// <summary>
/// A real redis-server on a free port of 127.0.0.1 with a temp folder of its own. It writes nothing to disk, so a stop loses all that it holds, unless it has a log.
/// It ends with <see cref="DisposeAsync"/>, and with the test process, however that ends.
/// </summary>
public sealed class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(15);

    // The shell holds the other end of our stdin: when this process ends, even by SIGKILL, its cat ends and the shell kills the server.
    // Ctrl-C reaches the whole process group; ignored here, it cannot end the shell before the server.
    // Once the shell has ended, the server has too, and its port is free again.
    private const string Script =
        """
        trap '' INT
        redis-server --port "$1" --bind 127.0.0.1 --dir "$2" --logfile "$2/redis.log" --save '' --appendonly "$3" --appendfsync everysec > /dev/null 2>&1 &
        echo $!
        cat > /dev/null
        kill -KILL $!
        wait 2> /dev/null
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleet-redis-");
    private Process? _shell;
    private int _processId;

    private readonly bool _hasLog;

    private RedisServer(bool hasLog) => _hasLog = hasLog;

    /// <summary>Stays the same over a restart.</summary>
    public int Port { get; private set; }

    /// <summary>For <c>ConnectionStrings:redis</c>.</summary>
    public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>Whether it was started and not stopped since.</summary>
    public bool IsRunning => _shell is not null;

    /// <summary>Starts a server and waits until it answers.</summary>
    /// <param name="hasLog">Whether it has an append-only log that is written every second, as in production, and survives a stop.</param>
    public static async Task<RedisServer> StartAsync(bool hasLog = false)
    {
        if (!IsInstalled())
        {
            throw new InvalidOperationException("redis-server is not on the PATH, and this test needs one. Install it (Debian: apt-get install redis-server).");
        }

        var server = new RedisServer(hasLog);
        try
        {
            // Between finding a free port and listening on it another test may take it.
            for (var attempt = 1; ; attempt++)
            {
                server.Port = FreePort.Take();
                try
                {
                    await server.RestartAsync();
                    return server;
                }
                catch (InvalidOperationException) when (attempt < 3)
                {
                }
            }
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills the server. What it held is lost, unless it has a log.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _shell, null) is { } shell)
        {
            shell.StandardInput.Close();
            await shell.WaitForExitAsync().WaitAsync(StartLimit);
            shell.Dispose();
        }
    }

    /// <summary>Freezes the server (SIGSTOP): connections stay open, nothing answers. A stop ends a frozen one, too.</summary>
    public void Freeze() => Signals.Send(_processId, Signals.Stop);

    /// <summary>Resumes a frozen server (SIGCONT).</summary>
    public void Thaw() => Signals.Send(_processId, Signals.Continue);

    /// <summary>Starts a server on the same port, after killing the one that runs: empty, or with what is in the log.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        _shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script, "sh", Port.ToString(CultureInfo.InvariantCulture), _folder.FullName, _hasLog ? "yes" : "no"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        _processId = int.Parse((await _shell.StandardOutput.ReadLineAsync().WaitAsync(StartLimit))!, CultureInfo.InvariantCulture);
        var watch = Stopwatch.StartNew();
        while (!await AnswersAsync())
        {
            if (watch.Elapsed > StartLimit)
            {
                await StopAsync();
                throw new InvalidOperationException(
                    $"redis-server did not answer on port {Port} within {StartLimit.TotalSeconds} s. Is it installed? Its log:\n{ReadLog()}");
            }

            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_folder.Exists)
        {
            _folder.Delete(recursive: true);
        }
    }

    private string ReadLog()
    {
        var file = Path.Combine(_folder.FullName, "redis.log");
        return File.Exists(file) ? File.ReadAllText(file) : "(none)";
    }

    private async Task<bool> AnswersAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, Port, timeout.Token);
            await client.GetStream().WriteAsync("PING\r\n"u8.ToArray(), timeout.Token);
            var answer = new byte[5];
            await client.GetStream().ReadExactlyAsync(answer, timeout.Token);
            return Encoding.ASCII.GetString(answer) == "+PONG";
        }
        catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException)
        {
            return false;
        }
    }

    private static bool IsInstalled() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, "redis-server")));
}
