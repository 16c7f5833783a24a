using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Browser.Connections;

/// <summary>How browsers reach the public origin of the site without the public edge.</summary>
/// <param name="Host">Host and port of the public origin.</param>
/// <param name="Target">Host and port to which a browser connects instead.</param>
/// <param name="Spki">Base64 of the SHA-256 of the public key that the browser accepts there; null without TLS.</param>
internal sealed record BrowserRoute(string Host, string Target, string? Spki);

/// <summary>
/// Connects browsers to the internal address of the site while pages see its public origin. It listens on a port of the loopback interface, to which the host rules of the browsers map
/// the public origin, and copies bytes to and from the internal address. It ends TLS with a key of its own, which only these browsers accept, so that pages have the public scheme.
/// It does nothing when both addresses are the same.
/// </summary>
internal sealed partial class SiteConnector : IHostedService, IAsyncDisposable
{
    /// <summary>Maximum number of connections at a time; further ones wait to be accepted.</summary>
    private const int MaxConnections = 1024;

    private static readonly TimeSpan s_connectTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_closeTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Pause after a connection that could not be accepted.</summary>
    private static readonly TimeSpan s_acceptPause = TimeSpan.FromMilliseconds(100);

    private readonly SiteAddress _site;
    private readonly TimeProvider _time;
    private readonly ILogger<SiteConnector> _logger;
    private readonly TcpListener? _listener;
    private readonly X509Certificate2? _certificate;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _free = new(MaxConnections, MaxConnections);
    private Task _accepting = Task.CompletedTask;
    private int _isFailing;

    /// <summary>Creates the connector, which listens at once if it is needed: browsers are told its port when they start.</summary>
    public SiteConnector(SiteAddress site, TimeProvider time, ILogger<SiteConnector> logger)
    {
        (_site, _time, _logger) = (site, time, logger);
        if (!site.IsSplit)
        {
            return;
        }

        _certificate = site.Public.Scheme == Uri.UriSchemeHttps ? CreateCertificate() : null;
        _listener = new(IPAddress.Loopback, 0);
        _listener.Start();
        Route = new(HostAndPort(site.Public), _listener.LocalEndpoint.ToString()!, _certificate is null ? null : SpkiOf(_certificate));
    }

    /// <summary>The route to the site; null when browsers connect to it directly.</summary>
    public BrowserRoute? Route { get; }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (_listener is not null)
        {
            LogStarted(_site.Public, _site.Internal);
            _accepting = AcceptAsync(_listener, _stop.Token);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        _listener?.Stop();
        await _accepting;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_stop.IsCancellationRequested)
        {
            await StopAsync(CancellationToken.None);
        }

        _listener?.Dispose();
        _certificate?.Dispose();
    }

    /// <summary>Host and port of a URL as Chromium's host rules write them.</summary>
    internal static string HostAndPort(Uri url) => $"{OriginAllowList.WithAsciiHost(url).Host}:{url.Port}";

    private static string SpkiOf(X509Certificate2 certificate) => Convert.ToBase64String(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));

    // Browsers accept exactly this key, so neither names nor dates matter. The private key never leaves this process.
    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UtcNow;
        return new CertificateRequest("CN=fleet", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddYears(10));
    }

    private async Task AcceptAsync(TcpListener listener, CancellationToken cancellationToken)
    {
        var connections = new HashSet<Task>();
        try
        {
            while (true)
            {
                await _free.WaitAsync(cancellationToken);
                connections.RemoveWhere(static connection => connection.IsCompleted);
                if (await TryAcceptAsync(listener, cancellationToken) is { } browser)
                {
                    connections.Add(ConnectAsync(browser, cancellationToken));
                }
                else
                {
                    _free.Release();
                    await Task.Delay(s_acceptPause, _time, cancellationToken);
                }
            }
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested && e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The server stops. Connections end by the same token.
            await Task.WhenAll(connections);
        }
    }

    /// <summary>The next connection; null after an error of one connection or of the system, such as too many open files, which must not end the loop.</summary>
    private async Task<TcpClient?> TryAcceptAsync(TcpListener listener, CancellationToken cancellationToken)
    {
        try
        {
            return await listener.AcceptTcpClientAsync(cancellationToken);
        }
        catch (SocketException e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotAccepted(e.Message);
            return null;
        }
    }

    private async Task ConnectAsync(TcpClient browser, CancellationToken cancellationToken)
    {
        using var inside = new TcpClient { NoDelay = true };
        try
        {
            browser.NoDelay = true;
            using var opening = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            using var timeout = new CancellationTokenSource(s_connectTimeout, _time);
            using var expiry = timeout.Token.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), opening);
            if (await OpenInsideAsync(inside, opening.Token) is { } upstream)
            {
                await using (upstream)
                await using (var downstream = await OpenBrowserAsync(browser, opening.Token))
                {
                    await CopyAsync(downstream, upstream, cancellationToken);
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or OperationCanceledException or ObjectDisposedException)
        {
            // One of both sides closed the connection, or the server stops. The browser reports it to the render.
        }
        finally
        {
            browser.Dispose();
            _free.Release();
        }
    }

    /// <summary>Opens the connection to the internal address; null after an error, which is logged when the first one follows a success.</summary>
    private async Task<Stream?> OpenInsideAsync(TcpClient inside, CancellationToken cancellationToken)
    {
        try
        {
            await inside.ConnectAsync(_site.Internal.IdnHost.Trim('[', ']'), _site.Internal.Port, cancellationToken);
            Stream stream = inside.GetStream();
            if (_site.Internal.Scheme == Uri.UriSchemeHttps)
            {
                var tls = new SslStream(stream);
                await tls.AuthenticateAsClientAsync(
                    new SslClientAuthenticationOptions { TargetHost = _site.Internal.IdnHost, ApplicationProtocols = [SslApplicationProtocol.Http11] }, cancellationToken);
                stream = tls;
            }

            Volatile.Write(ref _isFailing, 0);
            return stream;
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or OperationCanceledException && !_stop.IsCancellationRequested)
        {
            if (Interlocked.Exchange(ref _isFailing, 1) == 0)
            {
                LogFailed(_site.Internal, e is OperationCanceledException ? $"no connection within {s_connectTimeout.TotalSeconds} s" : e.Message);
            }

            return null;
        }
    }

    private async Task<Stream> OpenBrowserAsync(TcpClient browser, CancellationToken cancellationToken)
    {
        if (_certificate is null)
        {
            return browser.GetStream();
        }

        var tls = new SslStream(browser.GetStream());
        await tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions { ServerCertificate = _certificate, ApplicationProtocols = [SslApplicationProtocol.Http11] }, cancellationToken);
        return tls;
    }

    /// <summary>Copies in both directions until one side ends the connection.</summary>
    private async Task CopyAsync(Stream browser, Stream inside, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var request = browser.CopyToAsync(inside, end.Token);
        var response = inside.CopyToAsync(browser, end.Token);
        var first = await Task.WhenAny(request, response);
        if (first == response && response.IsCompletedSuccessfully && browser is SslStream tls)
        {
            // The TLS close message is what ends a response without a length.
            await tls.ShutdownAsync().WaitAsync(s_closeTimeout, _time, cancellationToken);
        }

        await end.CancelAsync();
        await Task.WhenAll(request, response);
    }

    [LoggerMessage(LogLevel.Information, "Pages see the site at {Public}; browsers connect to it at {Internal}.")]
    private partial void LogStarted(Uri @public, Uri @internal);

    [LoggerMessage(LogLevel.Warning, "A connection of a browser could not be accepted: {Reason}")]
    private partial void LogNotAccepted(string reason);

    [LoggerMessage(LogLevel.Warning, "The realm server cannot be reached at {Internal} (services:realm:http:0): {Reason}")]
    private partial void LogFailed(Uri @internal, string reason);
}
