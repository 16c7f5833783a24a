using System.Diagnostics;
using System.Net.Sockets;

namespace Fleet.Tests.ByHand;

/// <summary>nginx in a temp folder of its own and as the user of the tests. It ends with <see cref="DisposeAsync"/>, and with the test process, however that ends.</summary>
internal sealed class NginxProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(15);

    // Debian has it in a folder that is on the PATH of root only.
    private static readonly string? s_program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin")
        .Select(folder => Path.Combine(folder, "nginx")).FirstOrDefault(File.Exists);

    // The shell holds the other end of our stdin, as that of a redis-server does.
    private const string Script =
        """
        trap '' INT
        "$1" -p "$2" -c "$2/nginx.conf" > /dev/null 2>&1 &
        cat > /dev/null
        kill -KILL $!
        wait 2> /dev/null
        """;

    // What Debian's /etc/nginx/nginx.conf is around conf.d/*.conf, for one process without privileges.
    private const string Main =
        """
        daemon off;
        master_process off;
        pid nginx.pid;
        error_log error.log;
        events { }
        http {
            log_format requests '$server_port $status $upstream_addr $request "$http_user_agent"';
            access_log access.log requests;
            client_body_temp_path body;
            proxy_temp_path proxy;
            fastcgi_temp_path fastcgi;
            uwsgi_temp_path uwsgi;
            scgi_temp_path scgi;
            include fleet.conf;
        }
        """;

    private Process? _shell;

    /// <summary>Its folder, where relative paths of the configuration begin.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("fleet-nginx-").FullName;

    /// <summary>Requests that it has answered: port, status, upstreams, request line, user agent.</summary>
    public IReadOnlyList<string> Requests => File.ReadAllLines(Path.Combine(Folder, "access.log"));

    /// <summary>Its errors.</summary>
    public string Errors => File.ReadAllText(Path.Combine(Folder, "error.log"));

    /// <summary>Starts it, and waits until it accepts connections. Its upstreams need not run yet.</summary>
    /// <param name="configuration">Servers and what else is in a file of <c>conf.d</c>.</param>
    /// <param name="port">A port that it listens on.</param>
    public async Task StartAsync(string configuration, int port)
    {
        if (s_program is null)
        {
            throw new InvalidOperationException("nginx is not on the PATH, and this test needs one. Install it (Debian: apt-get install nginx).");
        }

        await File.WriteAllTextAsync(Path.Combine(Folder, "fleet.conf"), configuration);
        await File.WriteAllTextAsync(Path.Combine(Folder, "nginx.conf"), Main);
        _shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script, "sh", s_program, Folder]) { RedirectStandardInput = true })!;
        await Eventually.TrueAsync(() => AcceptsAsync(port), s_limit, () => $"nginx to listen. Its log:\n{Errors}");
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _shell, null) is { } shell)
        {
            shell.StandardInput.Close();
            await shell.WaitForExitAsync().WaitAsync(s_limit);
            shell.Dispose();
        }

        Directory.Delete(Folder, recursive: true);
    }

    private static async Task<bool> AcceptsAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
