using System.Buffers.Binary;
using System.Net.Http.Json;
using System.Text;
using Fleet.Contracts;

namespace Fleet.Tests.Rendering;

/// <summary>Options of a screenshot and of a PDF.</summary>
[Collection(ServerCollection.Name)]
public sealed class ScreenshotOptionsTests(ServerFixture server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("mobile", null, null, 1082, 2402)]
    [InlineData("iphone-se", 400, null, 800, 1334)]
    [InlineData("iphone-se", null, 1, 375, 667)]
    [InlineData(null, 640, null, 640, 800)]
    public async Task Screenshots_OfADevice_HaveItsPixels(string? device, int? width, int? scale, int expectedWidth, int expectedHeight)
    {
        var bytes = await TakeAsync("<meta name=viewport content='width=device-width'><p>x", new() { Url = "", Device = device, Width = width, Scale = scale });
        Assert.Equal((expectedWidth, expectedHeight), SizeOf(bytes));
    }

    [Fact]
    public async Task Screenshots_Clip_ShowsOnlyThatPartOfThePage()
    {
        var bytes = await TakeAsync("<body style='margin:0'><div style='height:3000px'></div>", new() { Url = "", Clip = new(10, 2000, 120, 80) });
        Assert.Equal((120, 80), SizeOf(bytes));
    }

    [Fact]
    public async Task Screenshots_Quality_MakesTheFileSmaller()
    {
        const string Page = "<body style='background:repeating-linear-gradient(37deg, red 0 3px, blue 5px 9px)'>";
        var (low, high) = (await TakeAsync(Page, new() { Url = "", Type = ScreenshotType.Jpeg, Quality = 5 }), await TakeAsync(Page, new() { Url = "", Type = ScreenshotType.Jpeg, Quality = 100 }));
        Assert.True(low.Length * 2 < high.Length, $"{low.Length} and {high.Length} bytes");
    }

    [Fact]
    public async Task Screenshots_OmitBackground_IsTransparentThatOnceOnly()
    {
        var id = Guid.NewGuid().ToString("N");
        server.OtherApp.Page($"/{id}", "<p style='color:red'>x");
        var request = new ScreenshotRequest { Url = server.OtherApp[id].AbsoluteUri, Affinity = $"realm:{server.OtherApp.Url}{id}/", Width = 100, Height = 100 };
        var transparent = await TakeAsync(null, request with { OmitBackground = true });
        var opaque = await TakeAsync(null, request);
        // The type of colour in the header of a PNG: 6 has an alpha channel.
        Assert.Equal((6, 2), (transparent[25], opaque[25]));
    }

    [Fact]
    public async Task Screenshots_PdfWithTemplatesAndPaper_HasThem()
    {
        var bytes = await TakeAsync("<h1>Title</h1><p>text", new()
        {
            Url = "",
            Type = ScreenshotType.Pdf,
            Pdf = new() { Paper = "A6", HeaderTemplate = "<b style='font-size:20px'>HEAD</b>", FooterTemplate = "<i class=pageNumber></i>", Outline = true },
        });
        var text = Encoding.Latin1.GetString(bytes);
        Assert.Matches(@"/MediaBox \[0 0 29[78](\.\d+)? 4(19|20)(\.\d+)?\]", text);
        Assert.Contains("/StructTreeRoot", text, StringComparison.Ordinal);
        Assert.Contains("/Outlines", text, StringComparison.Ordinal);
        var plain = Encoding.Latin1.GetString(await TakeAsync("<h1>Title</h1><p>text", new() { Url = "", Type = ScreenshotType.Pdf, Pdf = new() { Tagged = false } }));
        Assert.DoesNotContain("/StructTreeRoot", plain, StringComparison.Ordinal);
        Assert.DoesNotContain("/Outlines", plain, StringComparison.Ordinal);
    }

    // A caller without the key may give templates: they must not run a script, send a request, or crash the page. The rules refuse everything else that a template may not have.
    [Theory]
    [InlineData("<script>{0}</script><script src='{1}'></script><script type=module src='{1}'></script><meta http-equiv=refresh content='0;url={1}'><base href='{1}'>")]
    [InlineData("<img src='data:image/png;base64,x' onerror=\"{0}\"><svg onload=\"{0}\"></svg>")]
    [InlineData("<iframe src='{1}'></iframe><iframe srcdoc=\"<script>{0}</script>\"></iframe><iframe srcdoc='&lt;link rel=stylesheet href={1}&gt;'></iframe>")]
    [InlineData("<img src='{1}'><input type=image src='{1}'><table background='{1}'><tr><td>x</table><picture><source srcset='{1}'><img crossorigin srcset='{1} 1x'></picture>")]
    [InlineData("<object data='{1}'></object><embed src='{1}'><video src='{1}' poster='{1}'><track default src='{1}'></video><audio src='{1}'></audio>")]
    [InlineData("<svg><image href='{1}'/><use href='{1}#a'/><filter id=a><feImage href='{1}'/></filter><rect width=9 height=9 filter='url(#a)'/></svg>")]
    [InlineData("<style>b { background: image-set('{1}' 1x) }</style><b>x</b><math><annotation-xml encoding='text/html'><style>&amp;64;import '{1}';</style></annotation-xml></math>")]
    [InlineData("<style>@font-face { font-family: f; src: url(data:font/woff2;base64,d09GMgABAAAA) } b { font-family: f }</style><b>x</b>")]
    [InlineData("<object data='data:text/html,<script>{0}</script>'></object><img src=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'%3E%3Cstyle%3E@im%70ort '{1}';%3C/style%3E%3C/svg%3E\">")]
    [InlineData("<b style=\"filter: url(&quot;data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'%3E%3Cstyle%3E@im%70ort '{1}';%3C/style%3E%3Cfilter id='a'/%3E%3C/svg%3E#a&quot;)\">x</b>")]
    public async Task Screenshots_PdfTemplateWithAScriptOrAnAddress_RunsAndLoadsNothing(string template)
    {
        var path = $"/beacon-{Guid.NewGuid():N}";
        var html = template.Replace("{0}", $"new Image().src = '{server.OtherApp[path]}'", StringComparison.Ordinal).Replace("{1}", server.OtherApp[path].AbsoluteUri, StringComparison.Ordinal);
        await TakeAsync("<p>text", new() { Url = "", Type = ScreenshotType.Pdf, Pdf = new() { HeaderTemplate = html, FooterTemplate = html } });

        // The same markup in a page is loaded, and later than the template would load it.
        await TakeAsync($"<p>text<img src='{path}-page'>", new() { Url = "", Type = ScreenshotType.Pdf, Pdf = new() { HeaderTemplate = html } });
        Assert.Equal((0, 1), (server.OtherApp.Hits(path), server.OtherApp.Hits(path + "-page")));
    }

    [Fact]
    public async Task Screenshots_PdfForScreens_HasTheirStyles()
    {
        // The content that is shown only on paper needs a second page.
        const string Page = "<style>p { display: none; break-before: page } @media print { p { display: block } }</style><h1>1</h1><p>2</p>";
        static int PagesOf(byte[] pdf) => System.Text.RegularExpressions.Regex.Count(Encoding.Latin1.GetString(pdf), @"/Type /Page\b");
        Assert.Equal((2, 1), (PagesOf(await TakeAsync(Page, new() { Url = "", Type = ScreenshotType.Pdf })), PagesOf(await TakeAsync(Page, new() { Url = "", Type = ScreenshotType.Pdf, Media = PageMedia.Screen }))));
    }

    private static (int Width, int Height) SizeOf(byte[] png) => (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));

    private async Task<byte[]> TakeAsync(string? html, ScreenshotRequest request)
    {
        if (html is not null)
        {
            var path = $"/page-{Guid.NewGuid():N}";
            server.OtherApp.Page(path, html);
            request = request with { Url = server.OtherApp[path].AbsoluteUri };
        }

        await server.RestAsync();
        using var response = await server.Client.PostAsJsonAsync("screenshots", request, FleetJson.Options, Token);
        var bytes = await response.Content.ReadAsByteArrayAsync(Token);
        Assert.True(response.Content.Headers.ContentType?.MediaType is not ("application/json" or "application/problem+json"), Encoding.UTF8.GetString(bytes));
        return bytes;
    }
}
