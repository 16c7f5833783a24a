using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Rendering.Learning;
using Fleet.PrerenderServer.Rendering.Painting;
using Fleet.Tests.Browser;
using Fleet.Tests.InMemory;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.Rendering;

/// <summary>Renders of the booted host app without layout and paint: only where they change nothing, and every answer equals that of a painted page.</summary>
[Collection(HostilePageCollection.Name)]
public sealed class PaintTests(PaintTests.Fixture server) : IClassFixture<PaintTests.Fixture>
{
    /// <summary>More renders than learning needs.</summary>
    private const int Enough = (PaintPolicy.Needed + 1) * PaintPolicy.RendersPerComparison;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Actions of an app besides writing its markup, and the resulting text in a painted page.</summary>
    public static TheoryData<string, string, string> Readers => new()
    {
        { "text += root.scrollHeight;", "100", "Element.scrollHeight" },
        { "text += root.innerText;", "seen", "HTMLElement.innerText" },
        { "text += root.firstChild.offsetHeight;", "100", "HTMLElement.offsetHeight" },
        { "text += document.body.getBoundingClientRect().height;", "100", "Element.getBoundingClientRect" },
        { "text += getComputedStyle(document.body).contentVisibility;", "visible", "window.getComputedStyle" },
        { "text += document.adoptedStyleSheets.length;", "0", "Document.adoptedStyleSheets" },
        { "root.lastChild.tabIndex = 0; root.lastChild.focus(); text += document.activeElement.localName;", "s", "HTMLElement.focus" },
        { "text += document.elementFromPoint(5, 5).localName;", "p", "Document.elementFromPoint" },
        { "const range = new Range(); range.selectNode(root.firstChild); text += range.getClientRects().length;", "2", "Range.getClientRects" },
        { "text += await new Promise((r) => new IntersectionObserver(([e]) => r(e.isIntersecting)).observe(root.firstChild));", "true", "IntersectionObserver.observe" },
        { "text += await new Promise((r) => new ResizeObserver(([e]) => r(e.contentRect.height)).observe(root.firstChild));", "100", "ResizeObserver.observe" },
        { "await new Promise(requestAnimationFrame); text += root.firstChild.clientHeight;", "100", "Element.clientHeight" },
        { "const f = document.createElement('iframe'); root.append(f); text += f.contentWindow.getComputedStyle.call(window, root.firstChild).height; f.remove();", "100px", "HTMLIFrameElement.contentWindow" },
        { "const f = document.createElement('iframe'); f.name = 'inner'; root.append(f); text += frames.inner.Element.prototype.getBoundingClientRect.call(root.firstChild).height;", "100", "a frame" },
    };

    [Fact]
    public async Task Render_AppThatReadsNoLayout_IsUnpaintedAfterEqualComparisonsAndCannotDetectIt()
    {
        var told = Told();
        await DeployAsync("text += document.styleSheets.length; text += document.documentElement.outerHTML.includes('content' + '-visibility');");
        await RenderAsync(Enough, "0false");
        await StateIsAsync(RouteLearningState.On);
        await RenderAsync(20, "0false");
        Assert.Equal(told + 1, Told());
        await Eventually.TrueAsync(async () => (await server.Registry.Servers.ListAsync(Token)).Single().NoPaint is { State: RouteLearningState.On, RoutesOn: 1 }, () => "the server's record, which GET /fleet has, says it");

        int Told() => server.Log.Lines.Count(line => line.Contains("run without layout and paint from now on: 5 comparisons were equal", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public async Task Render_AppThatReadsTheLayout_StaysPaintedAndIsRightAllTheTime(string does, string text, string member)
    {
        await DeployAsync(does);
        await RenderAsync(Enough, text);
        var status = await StatusAsync();
        Assert.Equal((0, 1), (status.RoutesOn, status.RoutesOff));
        Assert.Contains(member, status.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text += root.scrollHeight;", "100", "Element.scrollHeight")]
    [InlineData("text += root.innerText;", "seen", "HTMLElement.innerText")]
    [InlineData("text += document.adoptedStyleSheets.length;", "0", "Document.adoptedStyleSheets")]
    [InlineData("text += await new Promise((r) => new IntersectionObserver(([e]) => r(e.isIntersecting)).observe(root.firstChild));", "true", "IntersectionObserver.observe")]
    [InlineData("const f = document.createElement('iframe'); f.name = 'late'; root.append(f); text += frames.late.Element.prototype.getBoundingClientRect.call(root.firstChild).height;", "100", "a frame")]
    public async Task Render_OneCardReadsTheLayoutOnceTheRouteIsOn_IsRightAndTheRouteIsPaintedFromThenOn(string does, string text, string member)
    {
        await DeployAsync($"if (name === 'reads') {{ {does} }}");
        await RenderAsync(Enough, "");
        await StateIsAsync(RouteLearningState.On);
        await RenderAsync(1, text, "reads");
        await RenderAsync(1, "");
        await RenderAsync(2, text, "reads");
        var status = await StatusAsync();
        Assert.Equal((0, 1), (status.RoutesOn, status.RoutesOff));
        Assert.Contains(member, status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_AppObservesItsRootSinceItBooted_StaysPainted()
    {
        await DeployAsync("text += width;", "let width = 0; new ResizeObserver(([e]) => { width = e.contentRect.height; }).observe(document.body);");
        await RenderAsync(Enough);
        Assert.True(await StatusAsync() is { State: RouteLearningState.Off, RoutesOn: 0 } status && status.Reason!.Contains("ResizeObserver.observe", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Render_AppReadsTheLayoutOnlyWhileItBoots_IsUnpainted()
    {
        await DeployAsync("text += height;", "document.body.append(document.createElement('hr')); const height = document.querySelector('hr').offsetTop >= 0; document.querySelector('hr').remove();");
        await RenderAsync(Enough, "true");
        await StateIsAsync(RouteLearningState.On);
    }

    [Fact]
    public async Task Render_DifferenceThatNoReadExplains_PaintsTheWholeHostApp()
    {
        // Animations do not run in content that is skipped.
        await DeployAsync("await new Promise((r) => { root.firstChild.onanimationstart = () => { text += 'animated'; r(); }; root.firstChild.style.animation = 'move 1s'; setTimeout(r, 200); });",
            "document.head.insertAdjacentHTML('beforeend', '<style>@keyframes move { to { margin-left: 1px } }</style>');");
        await RenderAsync(2 * PaintPolicy.RendersPerComparison, "animated");
        await Eventually.TrueAsync(async () => (await StatusAsync()).State == RouteLearningState.Off, () => "it is off");
        Assert.Contains("nothing showed that it uses the layout", (await StatusAsync()).Reason, StringComparison.Ordinal);
        Assert.Contains(server.Log.Lines, line => line.Contains("All renders of the host shell", StringComparison.Ordinal));
        await RenderAsync(3, "animated");
    }

    [Fact]
    public async Task Render_CardThatEndsOnlyWhenPainted_IsRepeatedPaintedBeforeItsDeadline()
    {
        await DeployAsync("if (name === 'waits') { await new Promise((r) => { root.firstChild.onanimationstart = r; root.firstChild.style.animation = 'move 1s'; }); text += 'done'; }",
            "document.head.insertAdjacentHTML('beforeend', '<style>@keyframes move { to { margin-left: 1px } }</style>');");
        await RenderAsync(Enough, "");
        await StateIsAsync(RouteLearningState.On);
        await RenderAsync(1, "done", "waits", deadlineMs: 4_000);
        Assert.Equal(RouteLearningState.Learning, (await StatusAsync()).State);
    }

    [Fact]
    public async Task Render_ContentThatChanges_IsNeitherUnpaintedNorTakenForADifference()
    {
        await DeployAsync("text += String(++count).replace(/\\d/g, (d) => 'abcdefghij'[d]);", "let count = 0;");
        await RenderAsync((RouteLearning.MaxUnsteady + 1) * PaintPolicy.RendersPerComparison);
        await Eventually.TrueAsync(async () => await StatusAsync() is { State: RouteLearningState.Learning, RoutesOff: 1, RoutesOn: 0 }, () => "its route is off");
        Assert.Contains("differs from one render to the next", (await StatusAsync()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_NewShell_StartsOver()
    {
        await DeployAsync("");
        await RenderAsync(Enough, "");
        await StateIsAsync(RouteLearningState.On);
        await DeployAsync("text += root.scrollHeight;");
        Assert.Equal(RouteLearningState.Learning, (await StatusAsync()).State);
        await RenderAsync(Enough, "100");
    }

    [Fact]
    public async Task Screenshot_OfAHostThatRendersUnpainted_IsThatOfAPaintedPage()
    {
        await DeployAsync("");
        var before = await ScreenshotAsync();
        await RenderAsync(Enough, "");
        await StateIsAsync(RouteLearningState.On);
        Assert.Equal(before, await ScreenshotAsync());
    }

    [Fact]
    public async Task Run_CommandAfterUnpaintedRender_SeesTheLayout()
    {
        await DeployAsync("");
        await RenderAsync(Enough, "");
        await StateIsAsync(RouteLearningState.On);
        using var request = new HttpRequestMessage(HttpMethod.Post, "commands")
        {
            Content = JsonContent.Create(new CommandRequest { Command = "measure", Affinity = "user:paint" }, options: FleetJson.Options),
        };
        request.Headers.Add(FleetHeaders.IdempotencyKey, Guid.NewGuid().ToString("N"));
        using var response = await server.Client.SendAsync(request, Token);
        var result = await response.Content.ReadFromJsonAsync<RenderResult>(FleetJson.Options, Token);
        Assert.Equal("100", result!.Data?.ToString());
    }

    /// <summary>A host app whose cards are a box and a text that the script may change.</summary>
    private static string App(string does, string boots = "") => $$"""
        <!doctype html><html><head><title>host</title></head><body style="margin:0"><div id="root"></div><script>
        {{boots}}
        globalThis.fleet = {
          version: '1', capabilities: ['render', 'run'], ready: Promise.resolve(),
          async render({ url, formats }) {
            const name = new URL(url).pathname.split('/').pop();
            const root = document.getElementById('root');
            let text = '';
            root.innerHTML = '<p style="margin:0;height:100px">seen</p><s style="position:absolute">';
            {{does}}
            return { status: 200, formats: Object.fromEntries(formats.map((f) => [f, `<b>${text}</b>`])) };
          },
          run: async () => document.getElementById('root').firstChild.offsetHeight,
        };
        </script></body></html>
        """;

    private async Task DeployAsync(string does, string boots = "")
    {
        server.Site.Shell = App(does, boots);
        var token = server.Site.ShellToken = $"token-{Guid.NewGuid():N}";
        await server.Registry.HostShells.ClaimAsync(new(token, "test", DateTimeOffset.UnixEpoch, Force: true), Token);
        var pool = server.Pool;
        await Eventually.Async(() => pool.Snapshot.Totals is { Behind: 0 } totals && totals.ShellToken == token && pool.Snapshot.Slots.Any(slot => slot.ShellToken == token), "the app is deployed",
            () => $"{pool.Snapshot.Totals}");
    }

    /// <summary>Renders a card several times; each answer must have the text.</summary>
    private async Task RenderAsync(int times, string? text = null, string card = "gold", int? deadlineMs = null)
    {
        for (var i = 0; i < times; i++)
        {
            var request = new RenderRequest { Url = server.Site[$"elements/{card}"].AbsoluteUri, Affinity = "user:paint", Formats = [RenderFormat.Isolated], DeadlineMs = deadlineMs };
            using var response = await server.Client.PostAsJsonAsync("renders", request, FleetJson.Options, Token);
            var result = await response.Content.ReadFromJsonAsync<RenderResult>(FleetJson.Options, Token);
            Assert.True(result!.Outcome == RenderOutcome.Rendered, $"{i}: {result.Outcome} {result.Diagnostics?.Message}");
            if (text is not null)
            {
                Assert.Equal($"<b>{text}</b>", result.Formats[RenderFormat.Isolated]);
            }
        }
    }

    private async Task<byte[]> ScreenshotAsync()
    {
        using var response = await server.Client.PostAsJsonAsync("screenshots", new ScreenshotRequest { Url = server.Site["elements/gold"].AbsoluteUri, Affinity = "user:paint", Format = RenderFormat.Isolated }, FleetJson.Options, Token);
        Assert.Equal("image/png", response.Content.Headers.ContentType?.MediaType);
        return await response.Content.ReadAsByteArrayAsync(Token);
    }

    /// <summary>The last comparison may still run.</summary>
    private Task StateIsAsync(RouteLearningState state) => Eventually.TrueAsync(async () => (await StatusAsync()).State == state, () => $"the state is {state}");

    private async Task<RouteLearningStatus> StatusAsync()
    {
        var pool = await server.Client.GetFromJsonAsync<JsonElement>("pool", Token);
        return pool.GetProperty("noPaint").Deserialize<RouteLearningStatus>(FleetJson.Options)!;
    }

    /// <summary>A prerender server whose host app each test replaces.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private WebApplication _app = null!;

        internal InMemoryRegistry Registry { get; } = new(TimeProvider.System, NullLoggerFactory.Instance);

        internal LogRecorder Log { get; } = new();

        internal TestSite Site { get; private set; } = null!;

        internal HttpClient Client { get; private set; } = null!;

        internal IPagePool Pool => _app.Services.GetRequiredService<IPagePool>();

        public async ValueTask InitializeAsync()
        {
            Site = await TestSite.StartAsync();
            Site.Shell = App("");
            await Registry.HostShells.ClaimAsync(new("token-a", "test", DateTimeOffset.UnixEpoch), CancellationToken.None);
            _app = ServerFixture.Start(Registry, Site, Log, Registry.Commands);
            await _app.StartAsync(CancellationToken.None);
            Client = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
            await ServerFixture.HealthyAsync(Client);
        }

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            await _app.StopAsync();
            await _app.DisposeAsync();
            await Site.DisposeAsync();
        }
    }
}
