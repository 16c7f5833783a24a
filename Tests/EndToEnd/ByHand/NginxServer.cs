using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Tests.Docs;

namespace Fleet.Tests.ByHand;

/// <summary>nginx with <c>deploy/nginx/fleet.conf</c>, and with a certificate that it creates.</summary>
internal sealed class NginxServer : IAsyncDisposable
{
    /// <summary>The host of the configuration.</summary>
    public const string Host = "www.example.com";

    private readonly NginxProcess _nginx = new();

    private NginxServer()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Host);
        request.CertificateExtensions.Add(names.Build());
        Certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Path.Combine(_nginx.Folder, "certificate.pem"), Certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_nginx.Folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
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
    public IReadOnlyList<string> Requests => _nginx.Requests;

    /// <summary>Its errors.</summary>
    public string Errors => _nginx.Errors;

    /// <summary>Starts it, and waits until it accepts connections. Its upstreams need not run yet.</summary>
    /// <param name="realms">Addresses of the two realm servers.</param>
    /// <param name="managers">Addresses of the two managers.</param>
    public static async Task<NginxServer> StartAsync(IReadOnlyList<Uri> realms, IReadOnlyList<Uri> managers)
    {
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
        Certificate.Dispose();
        await _nginx.DisposeAsync();
    }

    private async Task StartAsync(Dictionary<string, string> places)
    {
        var configuration = await File.ReadAllTextAsync(Repository.File("deploy/nginx/fleet.conf"));
        foreach (var (ours, here) in places)
        {
            Assert.Contains(ours, configuration, StringComparison.Ordinal);
            configuration = configuration.Replace(ours, here, StringComparison.Ordinal);
        }

        await _nginx.StartAsync(configuration, HttpsPort);
    }
}
