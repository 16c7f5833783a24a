using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fleet.Tests.HostShells;

/// <summary>Simulates the load balancer in front of the realm servers: the only address that prerender servers, the manager and the index use.
/// It can have the faults that load balancers have in the middle of a deploy.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private const string TokenHeader = "X-Host-Shell";
    private static readonly string[] s_notForwarded = ["Host", "Connection", "Transfer-Encoding", "Content-Length", "Date", "Server", "Keep-Alive"];

    private readonly WebApplication _app;
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false });
    private int _turn;
    private int _shells;

    private FaultProxy(WebApplication app) => _app = app;

    /// <summary>Its address.</summary>
    public Uri Address => new(_app.Urls.Single() + "/");

    /// <summary>The realm servers, which take turns.</summary>
    public IReadOnlyList<Uri> Upstreams { get; set; } = [];

    /// <summary>Whether every request is answered with 502.</summary>
    public bool IsDown { get; set; }

    /// <summary>A shell that is answered in place of the one that the realm server would serve.</summary>
    public CapturedShell? OldShell { get; set; }

    /// <summary>Delays a shell after it was fetched and before it is sent, until this completes.</summary>
    public Task Hold { get; set; } = Task.CompletedTask;

    /// <summary>Whether a nonce is put into each shell.</summary>
    public bool AddsNonce { get; set; }

    /// <summary>Whether <c>X-Host-Shell</c> is taken off.</summary>
    public bool StripsToken { get; set; }

    /// <summary>Number of requests for a shell by booting pages of the fleet.</summary>
    public int Boots => Volatile.Read(ref _shells);

    public static async Task<FaultProxy> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var proxy = new FaultProxy(app);
        app.Run(proxy.AnswerAsync);
        await app.StartAsync();
        return proxy;
    }

    /// <summary>Removes all faults.</summary>
    public void ClearFaults() => (IsDown, OldShell, Hold, AddsNonce, StripsToken) = (false, null, Task.CompletedTask, false, false);

    /// <summary>The shell that is served now, to be served again later.</summary>
    public async Task<CapturedShell> CaptureAsync(CancellationToken cancellationToken)
    {
        using var response = await _client.GetAsync(new Uri(Upstreams[0], "_standby"), cancellationToken);
        return new(await response.Content.ReadAsByteArrayAsync(cancellationToken), response.Headers.GetValues(TokenHeader).Single());
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _client.Dispose();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var isShell = http.Request.Path == "/_standby";
        if (isShell)
        {
            Interlocked.Increment(ref _shells);
        }

        if (IsDown)
        {
            http.Response.StatusCode = StatusCodes.Status502BadGateway;
            return;
        }

        if (isShell && OldShell is { } old)
        {
            http.Response.Headers[TokenHeader] = old.Token;
            await WriteAsync(http, "text/html", old.Body);
            return;
        }

        try
        {
            await ForwardAsync(http, isShell);
        }
        catch (HttpRequestException)
        {
            http.Response.StatusCode = StatusCodes.Status502BadGateway;
        }
    }

    private async Task ForwardAsync(HttpContext http, bool isShell)
    {
        var upstream = Upstreams[(int)((uint)Interlocked.Increment(ref _turn) % (uint)Upstreams.Count)];
        using var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), new Uri(upstream, http.Request.Path + http.Request.QueryString));
        foreach (var (name, value) in http.Request.Headers.Where(h => !s_notForwarded.Contains(h.Key, StringComparer.OrdinalIgnoreCase)))
        {
            // A conditional answer could not be changed.
            if (!isShell || !name.StartsWith("If-", StringComparison.OrdinalIgnoreCase))
            {
                request.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)value!);
            }
        }

        using var response = await _client.SendAsync(request, http.RequestAborted);
        var body = await response.Content.ReadAsByteArrayAsync(http.RequestAborted);
        http.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, value) in response.Headers.Concat(response.Content.Headers).Where(h => !s_notForwarded.Contains(h.Key, StringComparer.OrdinalIgnoreCase)))
        {
            http.Response.Headers[name] = value.ToArray();
        }

        if (isShell)
        {
            await Hold.WaitAsync(http.RequestAborted);
            body = AddsNonce ? [.. body, .. "<!-- nonce "u8, .. RandomNumberGenerator.GetHexString(16).Select(c => (byte)c), .. " -->"u8] : body;
            if (StripsToken)
            {
                http.Response.Headers.Remove(TokenHeader);
            }
        }

        if (http.Response.StatusCode is not (204 or 304) && !HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
        }
    }

    private static async Task WriteAsync(HttpContext http, string type, byte[] body)
    {
        http.Response.ContentType = type;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }
}

/// <summary>A shell as it was served.</summary>
/// <param name="Body">Its bytes.</param>
/// <param name="Token">Its token.</param>
internal sealed record CapturedShell(byte[] Body, string Token);
