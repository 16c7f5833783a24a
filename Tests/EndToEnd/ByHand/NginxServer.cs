using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Tests.Docs;

namespace Fleet.Tests.ByHand;

/// <summary>nginx with <c>deploy/nginx/fleet.conf</c>, in a temp folder of its own and as the user of the tests, with a certificate that it creates. It ends with
/// <see cref="DisposeAsync"/>, and with the test process, however that ends.</summary>
internal sealed class NginxServer : IAsyncDisposable
{
    /// <summary>The host of the configuration.</summary>
    public const string Host = "www.example.com";

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

    private readonly string _folder = Directory.CreateTempSubdirectory("fleet-nginx-").FullName;
    private Process? _shell;

    private NginxServer()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Host);
        request.CertificateExtensions.Add(names.Build());
        Certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Path.Combine(_folder, "certificate.pem"), Certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>Port of the site with TLS; 443 in the configuration.</summary>
    public int HttpsPort { get; } = FreePort.Take();

    /// <summary>Port of the site without TLS; 80 in the configuration.</summary>
    public int HttpPort { get; } = FreePort.Take();

    /// <summary>The site for the fleet itself.</summary>
    public Uri Internal { get; } = FreePort.TakeAddress();

    /// <summary>The managers as one address.</summary>
    public Uri Managers { get; } = FreePort.TakeAddress();

    /// <summary>Requests that it has answered: port, status, upstreams, request line, user agent.</summary>
    public IReadOnlyList<string> Requests => File.ReadAllLines(Path.Combine(_folder, "access.log"));

    /// <summary>Its errors.</summary>
    public string Errors => File.ReadAllText(Path.Combine(_folder, "error.log"));

    /// <summary>Starts it, and waits until it accepts connections. Its upstreams need not run yet.</summary>
    /// <param name="realms">Addresses of the two realm servers.</param>
    /// <param name="managers">Addresses of the two managers.</param>
    public static async Task<NginxServer> StartAsync(IReadOnlyList<Uri> realms, IReadOnlyList<Uri> managers)
    {
        if (s_program is null)
        {
            throw new InvalidOperationException("nginx is not on the PATH, and this test needs one. Install it (Debian: apt-get install nginx).");
        }

        var server = new NginxServer();
        try
        {
            await server.StartAsync(new Dictionary<string, string>
            {
                ["listen 80;"] = $"listen 127.0.0.1:{server.HttpPort};",
                ["listen 443 ssl"] = $"listen 127.0.0.1:{server.HttpsPort} ssl",
                ["10.0.0.2:5110"] = server.Internal.Authority,
                ["10.0.0.2:5210"] = server.Managers.Authority,
                ["10.0.0.5:5100"] = realms[0].Authority,
                ["10.0.0.6:5100"] = realms[1].Authority,
                ["10.0.0.11:5200"] = managers[0].Authority,
                ["10.0.0.12:5200"] = managers[1].Authority,
                ["/etc/ssl/www.example.com.pem"] = "certificate.pem",
                ["/etc/ssl/www.example.com.key"] = "key.pem",
            });
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _shell, null) is { } shell)
        {
            shell.StandardInput.Close();
            await shell.WaitForExitAsync().WaitAsync(s_limit);
            shell.Dispose();
        }

        Certificate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartAsync(Dictionary<string, string> places)
    {
        var configuration = await File.ReadAllTextAsync(Repository.File("deploy/nginx/fleet.conf"));
        foreach (var (ours, here) in places)
        {
            Assert.Contains(ours, configuration, StringComparison.Ordinal);
            configuration = configuration.Replace(ours, here, StringComparison.Ordinal);
        }

        await File.WriteAllTextAsync(Path.Combine(_folder, "fleet.conf"), configuration);
        await File.WriteAllTextAsync(Path.Combine(_folder, "nginx.conf"), Main);
        _shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script, "sh", s_program!, _folder]) { RedirectStandardInput = true })!;
        await Eventually.TrueAsync(AcceptsAsync, s_limit, () => $"nginx to listen. Its log:\n{Errors}");
    }

    private async Task<bool> AcceptsAsync()
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", HttpsPort);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
