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
    public async Task Screenshots_Clip_IsThatPartOfThePage()
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

    [Fact]
    public async Task Screenshots_PdfForScreens_HasTheirStyles()
    {
        // What is shown on paper only needs a second page.
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
