using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Tests.Rendering;

/// <summary>A page that floods the browser's connection fails its own render and affects no other page.</summary>
[Collection(HeavyCollection.Name)]
public sealed class FloodTests : IAsyncLifetime
{
    private const long MaxGrowth = 400_000_000;

    // The limits of these tests are far below the defaults: a page that renders more often than this within 10 s could exceed them, too.
    private const int Others = 20;
    private readonly LogRecorder _log = new();
    private PrerenderServerUnderTest _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await PrerenderServerUnderTest.StartAsync(
        _log, "--Rendering:SettleTimeout=00:01:00", "--Browser:MaxPageEvents=1000", "--Browser:MaxPageEventMb=4", "--Browser:MaxRendererMb=600", "--Browser:MaxStorageMb=5",
        "--Pool:CloseStageDeadline=00:00:20");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("for (;;) console.error('x'.repeat(1e6))", "Browser:MaxPageEventMb")]
    [InlineData("for (;;) console.error('x')", "Browser:MaxPageEvents")]
    [InlineData("for (;;) console.log({}, [1, 2, 3], 'x'.repeat(60000))", "Browser:MaxPageEventMb")]
    [InlineData("const go = () => { setTimeout(go); setTimeout(go); throw new Error('x'.repeat(1e5)) }; go()", "Browser:MaxPageEventMb")]
    [InlineData("const url = 'data:text/plain,' + 'x'.repeat(2e4); for (let i = 0; i < 3000; i++) fetch(url)", "Browser:MaxPageEventMb")]
    [InlineData("const code = URL.createObjectURL(new Blob(['for (;;) console.error(1)'])); for (let i = 0; i < 40; i++) new Worker(code)", "Browser:MaxPageWorkers")]
    [InlineData("new Worker(URL.createObjectURL(new Blob(['for (let i = 0; i < 9000; i++) fetch(\"data:,x\")'])))", "Browser:MaxPageEvents")]
    public async Task Renders_PageThatFloods_IsClosedAndTheOthersRender(string script, string setting)
    {
        var id = Guid.NewGuid().ToString("N");
        _server.App.Page($"/{id}", $"<p>x</p><script>window.prerenderReady = false; {script}</script>");
        await RenderAsync(_server.Site["elements/first"], 60_000);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var flood = RenderAsync(_server.App[id], 60_000);
        for (var others = 0; others < Others; others++)
        {
            var other = await RenderAsync(_server.Site[$"elements/other{others}"], 60_000);
            Assert.True(other.Outcome == RenderOutcome.Rendered, $"Render {others} beside it is {other.Outcome}: {other.Diagnostics?.Message}");
        }

        var result = await flood;
        Assert.Equal(RenderOutcome.Unusable, result.Outcome);
        Assert.Contains(setting, result.Diagnostics!.Message, StringComparison.Ordinal);
        Assert.False(result.Page!.Crashed);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, MaxGrowth);
    }

    /// <summary>Each change of the address takes the browser's own process 0.7 ms, so Chromium ignores all but 200 in 10 s.</summary>
    [Fact]
    public async Task Renders_PageThatChangesItsAddressWithoutEnd_EndsAndTheOthersRender()
    {
        _server.App.Page("/moves", "<p>x</p><script>for (let i = 0;; i++) history.replaceState(null, '', '#' + i)</script>");
        var moves = RenderAsync(_server.App["moves"], 5_000);
        for (var others = 0; others < Others; others++)
        {
            var other = await RenderAsync(_server.Site[$"elements/other{others}"], 60_000);
            Assert.True(other.Outcome == RenderOutcome.Rendered, $"Render {others} beside it is {other.Outcome}: {other.Diagnostics?.Message}");
        }

        // Closed by the quota, if its events arrive before the deadline.
        Assert.True((await moves).Outcome is RenderOutcome.TimedOut or RenderOutcome.Unusable, $"{await moves}");
    }

    [Theory]
    [InlineData("const kept = []; for (let i = 0; i < 150; i++) kept.push(new Uint8Array(1e7).fill(1)); for (;;);")]
    [InlineData("new Worker(URL.createObjectURL(new Blob(['const kept = []; for (let i = 0; i < 150; i++) kept.push(new Uint8Array(1e7).fill(1)); for (;;);'])))")]
    public async Task Renders_PageWithLargeBuffers_IsClosedAndTheOthersRender(string script)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Memory is read through /proc.");
        _server.App.Page("/large", $"<p>x</p><script>window.prerenderReady = false; {script}</script>");
        var large = RenderAsync(_server.App["large"], 60_000);
        do
        {
            Assert.Equal(RenderOutcome.Rendered, (await RenderAsync(_server.Site["elements/other"], 60_000)).Outcome);
        }
        while (!large.IsCompleted);

        var result = await large;
        Assert.Equal(RenderOutcome.Unusable, result.Outcome);
        Assert.Contains("Browser:MaxRendererMb", result.Diagnostics!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Renders_PageThatStoresMuch_IsStoppedByTheQuota()
    {
        _server.App.Page("/stores", """
            <p>x</p><script>
            window.prerenderReady = false;
            (async () => {
              const cache = await caches.open('x');
              for (let i = 0; i < 20; i++) await cache.put('/' + i, new Response(new Uint8Array(1e6)));
              return 'stored all';
            })().catch((e) => e.name).then((how) => { document.body.append(how); window.prerenderReady = true; });
            </script>
            """);
        var result = await RenderAsync(_server.App["stores"], 60_000);
        Assert.Contains("QuotaExceededError", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Renders_PagesThatFlood_AreRejectedAndSoIsTheirOriginAfterThree()
    {
        _server.App.Page("/calm", "<p>x</p>");
        Assert.Equal(RenderOutcome.Rendered, (await RenderAsync(_server.App["calm"], 60_000)).Outcome);
        for (var i = 0; i < 3; i++)
        {
            _server.App.Page($"/flood-{i}", "<script>for (;;) console.error('x'.repeat(1e6))</script>");
            Assert.Equal(RenderOutcome.Unusable, (await RenderAsync(_server.App[$"flood-{i}"], 60_000)).Outcome);
            Assert.Equal("breaker-open", await RejectionAsync(_server.App[$"flood-{i}"]));
        }

        Assert.Equal("breaker-open", await RejectionAsync(_server.App["calm"]));

        async Task<string?> RejectionAsync(Uri url)
        {
            using var response = await PostAsync(url, 60_000);
            return (await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("reason").GetString();
        }
    }

    [Fact]
    public async Task Renders_PageWithLongDataUrlsDialogsAndMessages_Renders()
    {
        _server.App.Page("/long", """
            <p>x</p><script>
            console.error('x'.repeat(100_000));
            alert('x'.repeat(100_000));
            history.replaceState(null, '', '?' + 'q'.repeat(100_000));
            const worker = new Worker('data:text/javascript,' + '/'.repeat(100_000) + '\npostMessage(1)'.replace('\n', '%0A'));
            worker.onmessage = () => document.body.append('done');
            </script>
            """);
        var result = await RenderAsync(_server.App["long"], 60_000);
        Assert.Equal(RenderOutcome.Rendered, result.Outcome);
        Assert.Contains("done", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
    }

    private async Task<RenderResult> RenderAsync(Uri url, int? deadlineMs)
    {
        using var response = await PostAsync(url, deadlineMs);
        var body = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.IsSuccessStatusCode, $"Expected a result. Seen: {(int)response.StatusCode} {body}");
        return JsonSerializer.Deserialize<RenderResult>(body, FleetJson.Options)!;
    }

    private Task<HttpResponseMessage> PostAsync(Uri url, int? deadlineMs) =>
        _server.Client.PostAsJsonAsync("renders", new RenderRequest { Url = url.AbsoluteUri, DeadlineMs = deadlineMs }, FleetJson.Options, Token);
}
