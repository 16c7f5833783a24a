using System.Net;
using System.Net.Sockets;
using Fleet.PrerenderServer.Browser.Pages;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.Browser;

/// <summary>A page reaches the allowed origins and nothing else. In particular it does not reach Redis, which listens on loopback, by any name or protocol.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ReachTests(BrowserFixture browser)
{
    // Loopback in every notation, and names that resolve to it.
    private static readonly string[] s_loopback =
        ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "127.0.0.1.", "0", "0.0.0.0", "[::1]", "[::]",
            "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "localhost", "LOCALHOST.", "redis.localhost", "%31%32%37.0.0.1", "１２７.0.0.1"];

    // Each promise resolves when the browser's attempt has failed.
    private static readonly string[] s_ways =
    [
        "fetch('http://{0}/', { method: 'POST', mode: 'no-cors', body: 'FLUSHALL' }).catch(() => {})",
        "fetch('/leads-to?http://{0}/', { mode: 'no-cors' }).catch(() => {})",
        "new Promise(done => { const s = new WebSocket('ws://{0}/'); s.onclose = done })",
        "new Promise(done => { const s = new EventSource('http://{0}/'); s.onerror = () => { s.close(); done() } })",
        "new Promise(done => { const i = new Image(); i.onload = i.onerror = done; i.src = 'http://{0}/x.png' })",
        "new Promise(done => { const f = document.createElement('iframe'); f.onload = done; f.src = 'http://{0}/'; document.body.append(f) })",
        "new Promise(done => { const f = document.createElement('iframe'); f.onload = done; f.src = '/leads-to?http://{0}/'; document.body.append(f) })",
        "new Promise(done => { const l = document.createElement('link'); l.rel = 'stylesheet'; l.onload = l.onerror = done; l.href = 'http://{0}/x.css'; document.head.append(l) })",
        "new Promise(done => { const s = document.createElement('script'); s.type = 'module'; s.onload = s.onerror = done; s.src = 'http://{0}/x.js'; document.head.append(s) })",
        "(async () => { const t = new WebTransport('https://{0}/'); await t.ready.catch(() => {}) })()",
        "new Promise(async done => { const c = new RTCPeerConnection({ iceServers: [{ urls: 'turn:{0}?transport=tcp', username: 'u', credential: 'p' }] }); "
            + "c.onicegatheringstatechange = () => c.iceGatheringState === 'complete' && done(); c.createDataChannel('x'); await c.setLocalDescription(await c.createOffer()) })",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_ByAnyNameOrRoute_DoesNotReachThePortOfRedis()
    {
        using var redis = new TcpListener(IPAddress.IPv6Any, 0);
        redis.Server.DualMode = true;
        redis.Start();
        var port = ((IPEndPoint)redis.LocalEndpoint).Port;
        browser.Site.Routes["/leads-to"] = http =>
        {
            http.Response.StatusCode = StatusCodes.Status302Found;
            http.Response.Headers.Location = http.Request.QueryString.Value![1..];
            return Task.CompletedTask;
        };
        await using var slot = await browser.OpenAsync();
        foreach (var script in s_loopback.SelectMany(_ => s_ways.Take(2), (host, way) => (host, way)).Concat(s_ways.Select(way => (host: "127.0.0.1", way))))
        {
            var attempt = script.way.Replace("{0}", $"{script.host}:{port}", StringComparison.Ordinal);
            await slot.Page.EvaluateAsync($"Promise.race([{attempt}, new Promise(done => setTimeout(done, 2000))]).then(() => 0, () => 0)", TimeSpan.FromSeconds(30), Token);
            Assert.False(redis.Pending(), $"The page reached the port by {attempt}");
        }

        // The listener rejects no connection, so a connection attempt would have been counted.
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, Token);
        await Eventually.Async(redis.Pending, "the listener is open");
    }

    [Theory]
    [InlineData("http://0.0.0.0:{port}/")]
    [InlineData("http://[::]:{port}/")]
    [InlineData("http://127.0.0.1.:{port}/")]
    [InlineData("http://redis.localhost:{port}/")]
    public async Task Navigate_NameThatLeadsToLoopback_DoesNotExistForChromium(string template)
    {
        var url = new Uri(template.Replace("{port}", $"{browser.OtherSite.Url.Port}", StringComparison.Ordinal));
        await using var slot = await browser.OpenAsync();
        var error = await Assert.ThrowsAsync<NavigationException>(() => slot.Page.NavigateAsync(url, _ => true, false, TimeSpan.FromSeconds(20), Token));
        Assert.Equal("ERR_NAME_NOT_RESOLVED", error.Code);
    }
}
