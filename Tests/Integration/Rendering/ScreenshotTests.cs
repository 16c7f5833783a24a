using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Tests.Rendering;

[Collection(ServerCollection.Name)]
public sealed class ScreenshotTests(ServerFixture server)
{
    private const string Page = "<!doctype html><body style='margin:0'><div id=box style='width:120px;height:80px;background:red'></div><div style='height:3000px'></div>";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, null, null, 1280, 800)]
    [InlineData(false, null, 640, 640, 800)]
    [InlineData(true, null, 640, 640, 3080)]
    [InlineData(false, "#box", null, 120, 80)]
    public async Task Screenshots_Png_ShowsWhatWasRequested(bool full, string? selector, int? width, int expectedWidth, int expectedHeight)
    {
        var (type, bytes, headers) = await TakeAsync(Page, new() { Url = "", FullPage = full, Selector = selector, Width = width });
        Assert.Equal("image/png", type);
        Assert.Equal((expectedWidth, expectedHeight), (BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(20))));
        Assert.Equal(["rendered"], headers.GetValues(FleetHeaders.Outcome));
    }

    /// <summary>A screenshot shows what a visitor sees after scrolling to it and waiting a moment, so it equals that of a page that looks like this from the start.</summary>
    [Theory]
    [InlineData("<p style='content-visibility: auto; contain-intrinsic-size: auto 2900px; height: 2900px'>first</p><p style='content-visibility: auto'>second <img loading=lazy src=DOT></p>",
        "<p style='height: 2900px'>first</p><p>second <img src=DOT></p>")]
    [InlineData("<div style='height: 2900px'></div><div style='content-visibility: hidden; height: 20px'>first</div>", "<div style='height: 2900px'></div><div style='height: 20px'></div>")]
    [InlineData("<style>@keyframes in { from { opacity: 0; transform: translateX(80px) } }</style><h1 style='animation: in 20s 1s both'>first</h1>", "<h1>first</h1>")]
    [InlineData("<style>h1::before { content: 'zeroth'; animation: in 20s both } @keyframes in { from { color: red } }</style><h1>first</h1>", "<style>h1::before { content: 'zeroth' }</style><h1>first</h1>")]
    [InlineData("<h1>first</h1><script>document.querySelector('h1').animate([{ opacity: 0 }, { opacity: 1 }], { duration: 20000, fill: 'both' })</script>", "<h1>first</h1>")]
    [InlineData("<h1 style='opacity: 0; transition: opacity 20s'>first</h1><script>requestAnimationFrame(() => setTimeout(() => { document.querySelector('h1').style.opacity = 1; }))</script>", "<h1>first</h1>")]
    [InlineData("<div></div><script>document.querySelector('div').attachShadow({ mode: 'closed' }).innerHTML = `<style>@keyframes in { from { opacity: 0 } }</style><h1 style='animation: in 20s both'>first</h1>`</script>",
        "<div><h1>first</h1></div>")]
    [InlineData("<h1>first</h1><p style='opacity: 0'>paused</p><script>document.querySelector('p').animate([{ opacity: 0 }, { opacity: 1 }], { duration: 20000, fill: 'both' }).pause()</script>", "<h1>first</h1><p style='opacity: 0'>paused</p>")]
    [InlineData("<style>@keyframes out { to { opacity: 0 } }</style><h1>first</h1><p style='animation: out 20s both'>splash</p><script>document.querySelector('p').onanimationend = (e) => { e.target.hidden = true; }</script>",
        "<h1>first</h1>")]
    // What is fixed to the viewport.
    [InlineData("<style>body { margin: 0; height: 2900px; background: linear-gradient(red, blue) fixed }</style><h1>first</h1>", "<style>body { margin: 0; height: 2900px; background: linear-gradient(red, blue) }</style><h1>first</h1>")]
    [InlineData("<style>body { margin: 0 } p { margin: 0; height: 1500px }</style><nav style='position: fixed; top: 5px'>nav</nav><p>first</p><p style='background: linear-gradient(red, blue) fixed'>second</p><footer style='position: fixed; bottom: 7px; width: 100%; background: teal'>foot</footer>",
        "<style>body { margin: 0; position: relative } p { margin: 0; height: 1500px }</style><nav style='position: absolute; top: 5px'>nav</nav><p>first</p><p style='background: linear-gradient(red, blue)'>second</p><footer style='position: absolute; bottom: 7px; width: 100%; background: teal'>foot</footer>")]
    [InlineData("<style>body { margin: 0 } div { height: 2900px }</style><h1 style='position: sticky; top: 0; background: teal'>first</h1><div></div><footer style='position: sticky; bottom: 10px; background: teal'>foot</footer>",
        "<style>body { margin: 0 } div { height: 2900px }</style><h1 style='background: teal'>first</h1><div></div><footer style='background: teal'>foot</footer>")]
    // Built-ins of the page are of no concern.
    [InlineData("<h1 style='opacity: 0; transition: opacity 20s'>first</h1><p>second <img name=fonts loading=lazy src=DOT><img name=timeline></p><script>Object.assign(window, { Promise: class { then() {} }, requestAnimationFrame() {}, getComputedStyle: () => ({}) }); "
        + "for (const name of ['map', 'filter', 'flatMap', Symbol.iterator]) delete Array.prototype[name]; Element.prototype.getAnimations = Document.prototype.getAnimations = () => []; setTimeout(() => { document.querySelector('h1').style.opacity = 1; }, 50)</script>",
        "<h1>first</h1><p>second <img src=DOT><img></p>")]
    public async Task Screenshots_WhatIsShownLater_IsShown(string html, string end)
    {
        const string Dot = "\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='9' height='9' fill='teal'/></svg>\"";
        var (_, bytes, _) = await TakeAsync($"<!doctype html>{html.Replace("DOT", Dot, StringComparison.Ordinal)}", new() { Url = "", FullPage = true });
        var (_, expected, _) = await TakeAsync($"<!doctype html>{end.Replace("DOT", Dot, StringComparison.Ordinal)}", new() { Url = "", FullPage = true });
        Assert.True(expected.AsSpan().SequenceEqual(bytes), $"The screenshots of these differ:\n{html}\n{end}");
    }

    /// <summary>The element is shown although it has to be scrolled to, and wherever it is. The screenshot equals that of the element alone.</summary>
    [Theory]
    [InlineData("<style>html, body { height: 100%; overflow: hidden } #app { height: 100vh; overflow: auto }</style><div id=app><p style='height:2500px'></p>TARGET<p style='height:900px'></p></div>")]
    [InlineData("<style>#app { height: 400px; overflow: auto; scroll-behavior: smooth }</style><p style='height:3000px'></p><div id=app><p style='height:2500px'></p><div style='height:300px; overflow:auto'><p style='height:700px'></p>TARGET</div></div>")]
    [InlineData("<div style='width:300px; overflow-x:auto'><div style='width:2000px; padding-left:1500px'>TARGET</div></div>")]
    [InlineData("<style>#app { height: 400px; overflow: auto } header, footer { position: sticky; top: 0; bottom: 0; height: 100px; background: red }</style><div id=app><header></header><p style='height:2500px'></p>TARGET<p style='height:900px'></p><footer></footer></div>")]
    [InlineData("<header style='position:fixed; inset:0 0 auto; height:60px; background:red'></header><p style='height:2500px'></p>TARGET<p style='height:900px'></p>")]
    // In open shadow trees.
    [InlineData("<x-a></x-a><template>TARGET</template>")]
    [InlineData("<x-a data-depth=2></x-a><template>TARGET</template>")]
    [InlineData("<div><template shadowrootmode=open><div style='height:200px; overflow:auto'><p style='height:700px'></p>TARGET</div></template></div>")]
    public async Task Screenshots_OfAnElement_ShowIt(string html)
    {
        const string Target = "<div id=target style='width:80px; height:60px; background:teal; border:solid yellow; border-width:20px 5px 0 35px'></div>";
        const string Define = """
            <script>
            customElements.define('x-a', class extends HTMLElement { connectedCallback() {
              this.attachShadow({ mode: 'open' }).innerHTML = this.dataset.depth ? '<x-a></x-a>' : document.querySelector('template').innerHTML;
            } });
            </script>
            """;
        var request = new ScreenshotRequest { Url = "", Selector = "#target" };
        var (_, bytes, _) = await TakeAsync($"<!doctype html><body style='margin:0'>{html.Replace("TARGET", Target, StringComparison.Ordinal)}{Define}", request);
        var (_, expected, _) = await TakeAsync($"<!doctype html><body style='margin:0'>{Target}", request);
        Assert.True(expected.AsSpan().SequenceEqual(bytes), $"The element is not shown:\n{html}");
    }

    private const string Shell = "html, body { height: 100%; margin: 0; overflow: hidden } header { height: 50px; background: teal } footer { height: 40px; background: navy }";
    private const string Long = "<div style='height:2900px; background:linear-gradient(red, blue)'></div><p id=end>The end</p>";
    private const string Parts = "<header></header><main>LONG</main><footer></footer>";

    /// <summary>An app shell is as high as the viewport, and an element in it scrolls. The whole page has all of its content.</summary>
    [Theory]
    [InlineData("#app { height: 100vh; display: flex; flex-direction: column } main { flex: 1; min-height: 0; overflow: auto }", "<div id=app>PARTS</div>")]
    [InlineData("body { display: flex; flex-direction: column } main { flex: 1 1 0px; overflow: auto }", "PARTS")]
    [InlineData("#app { position: absolute; inset: 0 } main { position: absolute; inset: 50px 0 40px; overflow: auto } footer { position: absolute; bottom: 0; width: 100% }", "<div id=app>PARTS</div>")]
    [InlineData("#app { position: fixed; inset: 0; overflow: hidden auto }", "<div id=app>PARTS</div>")]
    [InlineData("#app { height: 100dvh; display: grid; grid-template-rows: auto minmax(0, 1fr) auto } main { overflow: auto }", "<div id=app>PARTS</div>")]
    [InlineData("#app { height: 100%; display: flex } #column { flex: 1; display: flex; flex-direction: column; min-width: 0 } main { flex: 1; overflow: auto } ", "<div id=app><div id=column>PARTS</div></div>")]
    [InlineData("#app { position: absolute; inset: 0; display: flex; flex-direction: column; contain: layout size style } #content { position: relative; flex: 1; contain: size style } main { position: absolute; inset: 0; overflow: auto }",
        "<div id=app><header></header><div id=content><main>LONG</main></div><footer></footer></div>")]
    [InlineData("x-shell { display: block; height: 100% }", "<x-shell><template shadowrootmode=open><style>:host { overflow: hidden } div { height: 100%; overflow: auto; max-height: 100vh }</style><div><slot></slot></div></template>PARTS</x-shell>")]
    public async Task Screenshots_WholePageOfAnAppShell_HasAllOfItsContent(string css, string body)
    {
        body = body.Replace("PARTS", Parts, StringComparison.Ordinal).Replace("LONG", Long, StringComparison.Ordinal);
        var request = new ScreenshotRequest { Url = "", FullPage = true, Width = 400 };
        var (_, bytes, headers) = await TakeAsync($"<!doctype html><style>{Shell} {css}</style>{body}", request);
        var (_, expected, _) = await TakeAsync($"<!doctype html><style>{Shell} html, body {{ height: auto; overflow: visible }} main {{ display: flow-root }}</style>{Parts.Replace("LONG", Long, StringComparison.Ordinal)}", request);
        Assert.True(expected.AsSpan().SequenceEqual(bytes), $"Its height is {BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(20))} and not {BinaryPrimitives.ReadInt32BigEndian(expected.AsSpan(20))}, or it looks different:\n{css}");
        Assert.False(headers.Contains(FleetHeaders.Stability));
    }

    [Theory]
    [InlineData("#app { height: 100vh; display: flex; flex-direction: column } main { flex: 1; overflow: auto }")]
    [InlineData("#app { position: absolute; inset: 0 } main { position: absolute; inset: 50px 0 0; overflow: auto }")]
    [InlineData("#app { height: 100vh; display: grid; grid-template-rows: auto 1fr } main { overflow: auto; min-height: 0 }")]
    public async Task Screenshots_PdfOfAnAppShell_HasAllOfItsContent(string css)
    {
        var pages = string.Concat(Enumerable.Range(0, 5).Select(static i => $"<p style='height:900px'>Part {i}</p>"));
        var (_, bytes, headers) = await TakeAsync($"<!doctype html><style>{Shell} {css}</style><div id=app><header></header><main>{pages}</main></div>", new() { Url = "", Type = ScreenshotType.Pdf });
        Assert.InRange(System.Text.RegularExpressions.Regex.Count(Encoding.Latin1.GetString(bytes), @"/Type /Page\b"), 5, 6);
        Assert.False(headers.Contains(FleetHeaders.Stability));
    }

    /// <summary>A picture of the viewport, or a scroller that is only a part of the page, is as a visitor sees it.</summary>
    [Theory]
    [InlineData(false, "main { height: 100vh; overflow: auto }", "<main>LONG</main>", 800)]
    [InlineData(true, "html, body { height: auto } main { height: 200px; overflow: auto }", "<main>LONG</main>", 800)]
    [InlineData(true, "main { position: fixed; inset: 0; transform: translateX(-100%); overflow: auto }", "<main>LONG</main>", 800)]
    [InlineData(true, "html, body { height: auto; overflow: visible } main { height: 600px; overflow: auto }", "<main>LONG</main><div style='height:5000px'></div>", 5_600)]
    public async Task Screenshots_OtherScrollers_StayAsTheyAre(bool full, string css, string body, int height)
    {
        var (_, bytes, headers) = await TakeAsync($"<!doctype html><style>{Shell} {css}</style>{body.Replace("LONG", Long, StringComparison.Ordinal)}", new() { Url = "", FullPage = full });
        Assert.Equal(height, BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(20)));
        Assert.False(headers.Contains(FleetHeaders.Stability));
    }

    [Theory]
    [InlineData("<div style='height: 16000px'></div>", null, false)]
    [InlineData("<div style='height: 17000px'></div>", null, true)]
    [InlineData("<div id=long style='height: 17000px'></div>", "#long", true)]
    [InlineData("<ul id=list></ul><script>setInterval(() => list.append(document.createElement('li')), 20)</script>", null, true)]
    public async Task Screenshots_NotAllOfThePage_SaySo(string html, string? selector, bool isCapped)
    {
        var (_, bytes, headers) = await TakeAsync($"<!doctype html><style>body {{ margin: 0 }}</style>{html}", new() { Url = "", FullPage = selector is null, Selector = selector, Width = 100 });
        Assert.InRange(BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(20)), 1, 16_384);
        Assert.Equal(isCapped, headers.Contains(FleetHeaders.Stability));
    }

    [Theory]
    [InlineData(ScreenshotType.Jpeg, "image/jpeg", 0, "\u00ff\u00d8")]
    [InlineData(ScreenshotType.Webp, "image/webp", 8, "WEBP")]
    [InlineData(ScreenshotType.Pdf, "application/pdf", 0, "%PDF-")]
    public async Task Screenshots_OtherTypes_AreFilesOfThatType(ScreenshotType type, string contentType, int at, string magic)
    {
        var (seen, bytes, _) = await TakeAsync(Page, new() { Url = "", Type = type });
        Assert.Equal(contentType, seen);
        Assert.Equal(magic, Encoding.Latin1.GetString(bytes, at, magic.Length));
    }

    [Theory]
    [InlineData("<style>@page { size: 148mm 105mm; margin: 0 }</style><h1>Label</h1>", 420, 298)]
    [InlineData("<style>@page { size: A5 landscape }</style><h1>Label</h1>", 595, 420)]
    [InlineData("<h1>No size</h1>", 595, 842)]
    public async Task Screenshots_Pdf_HasThePaperOfThePage_ElseA4(string html, int width, int height)
    {
        var (_, bytes, _) = await TakeAsync(html, new() { Url = "", Type = ScreenshotType.Pdf });
        var box = System.Text.RegularExpressions.Regex.Match(Encoding.Latin1.GetString(bytes), @"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]");
        Assert.Equal(width, double.Parse(box.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), 1.0);
        Assert.Equal(height, double.Parse(box.Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture), 1.0);
    }

    [Theory]
    [InlineData("", null, null, true, 842, 595)]
    [InlineData("", 4.0, 6.0, false, 288, 432)]
    [InlineData("", 4.0, 6.0, true, 432, 288)]
    [InlineData("<style>@page { size: 105mm 148mm }</style>", 4.0, 6.0, false, 288, 432)]
    [InlineData("<style>@page { size: 148mm 105mm }</style>", 4.0, 6.0, false, 432, 288)]
    public async Task Screenshots_PdfWithPaper_HasIt(string style, double? paperWidth, double? paperHeight, bool landscape, int width, int height)
    {
        var (_, bytes, _) = await TakeAsync(style + "<h1>Label</h1>", new()
        {
            Url = "",
            Type = ScreenshotType.Pdf,
            Pdf = new() { PaperWidth = paperWidth, PaperHeight = paperHeight, Landscape = landscape, Scale = 0.5, MarginTop = 0, PrintBackground = false },
        });
        var box = System.Text.RegularExpressions.Regex.Match(Encoding.Latin1.GetString(bytes), @"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]");
        Assert.Equal(width, double.Parse(box.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), 1.0);
        Assert.Equal(height, double.Parse(box.Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture), 1.0);
    }

    [Theory]
    [InlineData(null, 3)]
    [InlineData("2-", 2)]
    [InlineData("1,3", 2)]
    [InlineData("2-9", 2)]
    public async Task Screenshots_PdfWithPageRanges_HasThesePages(string? ranges, int pages)
    {
        const string Three = "<style>p { break-after: page }</style><p>1<p>2<h1>3</h1>";
        var (_, bytes, _) = await TakeAsync(Three, new() { Url = "", Type = ScreenshotType.Pdf, Pdf = new() { PageRanges = ranges } });
        Assert.Equal(pages, System.Text.RegularExpressions.Regex.Count(Encoding.Latin1.GetString(bytes), @"/Type /Page\b"));
    }

    [Fact]
    public async Task Screenshots_PdfWithoutTheNamedPages_Fails()
    {
        var (type, bytes, headers) = await TakeAsync("<p>1", new() { Url = "", Type = ScreenshotType.Pdf, Pdf = new() { PageRanges = "7-8" } });
        Assert.Equal("application/json", type);
        Assert.Equal(["failed"], headers.GetValues(FleetHeaders.Outcome));
        Assert.Contains("'pageRanges' is '7-8'", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Screenshots_OfAFormat_IsTheBoxAndThePageStaysBooted()
    {
        var card = server.Site["elements/neon"].AbsoluteUri;
        using var response = await server.Client.PostAsJsonAsync("screenshots",
            new ScreenshotRequest { Url = card, Affinity = "user:box", Format = RenderFormat.Fitted, Width = 300, Height = 150, Scale = 2 }, FleetJson.Options, Token);
        Assert.Equal("image/png", response.Content.Headers.ContentType?.MediaType);
        var bytes = await response.Content.ReadAsByteArrayAsync(Token);
        Assert.Equal((600, 300), (BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(20))));
        var next = await server.RenderAsync(new() { Url = card, Affinity = "user:box", Formats = [RenderFormat.Atom] }, Token);
        Assert.Equal("<i>atom of neon</i>", next.Formats[RenderFormat.Atom]);
        Assert.Equal((true, 0), (next.Page!.Warm, next.Timings.BootMs));
    }

    [Fact]
    public async Task Screenshots_PageOfStatus404_IsAScreenshotThatSaysSo()
    {
        var (type, _, headers) = await TakeAsync("<p>nothing here</p>", new() { Url = "" }, 404);
        Assert.Equal("image/png", type);
        Assert.Equal(["failed"], headers.GetValues(FleetHeaders.Outcome));
        Assert.Equal(["404"], headers.GetValues(FleetHeaders.PageStatus));
    }

    [Fact]
    public async Task Screenshots_NothingMatches_IsAResultThatSaysSo()
    {
        var (type, bytes, _) = await TakeAsync(Page, new() { Url = "", Selector = "#nowhere" });
        Assert.Equal("application/json", type);
        var result = JsonSerializer.Deserialize<RenderResult>(bytes, FleetJson.Options)!;
        Assert.Equal(RenderOutcome.Failed, result.Outcome);
        Assert.Contains("'#nowhere'", result.Diagnostics!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Screenshots_TooLarge_IsAResultThatNamesTheBoundAndAffectsNoOtherRender()
    {
        var (type, bytes, _) = await TakeAsync(Page, new() { Url = "", FullPage = true, Scale = 4 });
        Assert.Equal("application/json", type);
        var result = JsonSerializer.Deserialize<RenderResult>(bytes, FleetJson.Options)!;
        Assert.Equal(RenderOutcome.Failed, result.Outcome);
        Assert.Contains("63,078,400 pixels, more than the 50,000,000", result.Diagnostics!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Screenshots_OfAFormatThatTheHostDoesNotRender_IsUnusable()
    {
        using var response = await server.Client.PostAsJsonAsync("screenshots",
            new ScreenshotRequest { Url = server.Site["elements/bare"].AbsoluteUri, Affinity = "user:bare", Format = RenderFormat.Fitted }, FleetJson.Options, Token);
        var result = (await response.Content.ReadFromJsonAsync<RenderResult>(FleetJson.Options, Token))!;
        Assert.Equal((RenderOutcome.Unusable, "The host did not render 'fitted'."), (result.Outcome, result.Diagnostics!.Message));
    }

    [Fact]
    public async Task Screenshots_ImageThatNeverComes_IsNotWaitedForBeyondTheBound()
    {
        server.OtherApp.Routes["/never.png"] = http => Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        var (type, _, _) = await TakeAsync("<img src=/never.png width=10 height=10>", new() { Url = "", DeadlineMs = 20_000 });
        Assert.Equal("image/png", type);
    }

    [Theory]
    [InlineData("""{"url":"HOST","width":99}""", "width")]
    [InlineData("""{"url":"HOST","selector":""}""", "selector")]
    [InlineData("""{"url":"HOST","selector":"p["}""", "'selector' is 'p[', which is not a CSS selector.")]
    [InlineData("""{"url":"HOST","selector":"p","fullPage":true}""", "fullPage")]
    [InlineData("""{"url":"HOST","type":"pdf","fullPage":true}""", "type")]
    [InlineData("""{"url":"HOST","type":"gif"}""", "type")]
    [InlineData("""{"url":"HOST","format":"markdown"}""", "format")]
    [InlineData("""{"url":"HOST","format":"fitted","type":"pdf"}""", "format")]
    [InlineData("""{"url":"HOST","scale":0}""", "scale")]
    public async Task Screenshots_BadInput_IsAProblemThatNamesIt(string body, string field)
    {
        using var content = new StringContent(body.Replace("HOST", server.OtherApp.Url.AbsoluteUri, StringComparison.Ordinal), Encoding.UTF8, "application/json");
        using var response = await server.Client.PostAsync("screenshots", content, Token);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(field, JsonElement.Parse(await response.Content.ReadAsStringAsync(Token)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private async Task<(string? Type, byte[] Bytes, System.Net.Http.Headers.HttpResponseHeaders Headers)> TakeAsync(string html, ScreenshotRequest request, int status = 200)
    {
        var path = $"/screenshot-{Guid.NewGuid():N}";
        server.OtherApp.Page(path, html, status);
        using var response = await server.Client.PostAsJsonAsync("screenshots", request with { Url = server.OtherApp[path].AbsoluteUri }, FleetJson.Options, Token);
        var bytes = await response.Content.ReadAsByteArrayAsync(Token);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {Encoding.UTF8.GetString(bytes)}");
        return (response.Content.Headers.ContentType?.MediaType, bytes, response.Headers);
    }
}
