using System.Globalization;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;

namespace Fleet.PrerenderServer.Browser.Pages;

internal sealed partial class BrowserPage
{
    private const double MaxHeight = ScreenshotRequestRules.MaxExtent;
    private const int DefaultQuality = 80;
    // The paper of a PDF in inches, if the page sets no @page size.
    private const double A4Width = 210 / 25.4;
    private const double A4Height = 297 / 25.4;

    public Task ResizeAsync(ScreenshotShape? shape, TimeSpan deadline, CancellationToken cancellationToken) =>
        shape is not null && TooLarge(shape.Width ?? _settings.Width, shape.Height ?? _settings.Height, shape) is { } error ? Task.FromException(error)
        : _cdp.CallAsync("Emulation.setDeviceMetricsOverride", p => _settings.WriteViewport(p, shape?.Viewport), deadline, cancellationToken);

    public async Task<PagePicture> ScreenshotAsync(ScreenshotShape shape, TimeSpan deadline, CancellationToken cancellationToken)
    {
        if (shape.Type == ScreenshotType.Pdf)
        {
            return new(await PrintAsync(shape.Pdf ?? new(), deadline, cancellationToken));
        }

        var area = shape.Selector is { } selector ? await AreaOfAsync(selector, deadline, cancellationToken)
            : shape.FullPage ? await FullPageAsync(deadline, cancellationToken)
            : shape.Clip is { } part ? new Area(part.X, part.Y, part.Width, part.Height)
            : null;
        if (area is { } region && TooLarge(region.Width, region.Height, shape) is { } error)
        {
            throw error;
        }

        var bytes = await CallForBytesAsync("Page.captureScreenshot", p =>
        {
            p.WriteString("format"u8, shape.Type switch { ScreenshotType.Jpeg => "jpeg", ScreenshotType.Webp => "webp", _ => "png" });
            if (shape.Type != ScreenshotType.Png)
            {
                p.WriteNumber("quality"u8, shape.Quality ?? DefaultQuality);
            }

            if (area is { } clip)
            {
                p.WriteBoolean("captureBeyondViewport"u8, true);
                p.WriteStartObject("clip"u8);
                p.WriteNumber("x"u8, clip.X);
                p.WriteNumber("y"u8, clip.Y);
                p.WriteNumber("width"u8, clip.Width);
                p.WriteNumber("height"u8, clip.Height);
                p.WriteNumber("scale"u8, 1);
                p.WriteEndObject();
            }
        }, deadline, cancellationToken);
        return new(bytes, area is { FullHeight: > MaxHeight } cut ? cut.FullHeight : null);
    }

    public async Task<string> MarkupAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        var document = await _cdp.CallAsync("DOM.getDocument", static p => p.WriteNumber("depth"u8, 0), deadline, cancellationToken);
        var node = document.GetProperty("root").GetProperty("nodeId").GetInt32();
        var markup = await _cdp.CallAsync("DOM.getOuterHTML", p => p.WriteNumber("nodeId"u8, node), deadline, cancellationToken);
        return markup.GetProperty("outerHTML").GetString()!;
    }

    private async Task<byte[]> PrintAsync(PdfOptions pdf, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var size = PdfOptionsRules.SizeOf(pdf);
        try
        {
            return await CallForBytesAsync("Page.printToPDF", p =>
            {
                p.WriteBoolean("printBackground"u8, pdf.PrintBackground ?? true);
                // The page's own size would win over the one that the caller names.
                p.WriteBoolean("preferCSSPageSize"u8, size is null && !pdf.Landscape);
                p.WriteBoolean("landscape"u8, pdf.Landscape);
                p.WriteNumber("paperWidth"u8, size?.Width ?? A4Width);
                p.WriteNumber("paperHeight"u8, size?.Height ?? A4Height);
                p.WriteNumber("marginTop"u8, pdf.MarginTop ?? PdfOptionsRules.DefaultMargin);
                p.WriteNumber("marginRight"u8, pdf.MarginRight ?? PdfOptionsRules.DefaultMargin);
                p.WriteNumber("marginBottom"u8, pdf.MarginBottom ?? PdfOptionsRules.DefaultMargin);
                p.WriteNumber("marginLeft"u8, pdf.MarginLeft ?? PdfOptionsRules.DefaultMargin);
                p.WriteNumber("scale"u8, pdf.Scale ?? 1);
                p.WriteString("pageRanges"u8, pdf.PageRanges ?? "");
                p.WriteBoolean("generateTaggedPDF"u8, pdf.Tagged ?? true);
                p.WriteBoolean("generateDocumentOutline"u8, pdf.Outline ?? false);
                if (pdf.HeaderTemplate is not null || pdf.FooterTemplate is not null)
                {
                    p.WriteBoolean("displayHeaderFooter"u8, true);
                    // Without a template the browser uses its default one.
                    p.WriteString("headerTemplate"u8, pdf.HeaderTemplate is { Length: > 0 } header ? header : "<span></span>");
                    p.WriteString("footerTemplate"u8, pdf.FooterTemplate is { Length: > 0 } footer ? footer : "<span></span>");
                }
            }, deadline, cancellationToken);
        }
        catch (BrowserException e) when (pdf.PageRanges is not null && e.Message.Contains("Page range", StringComparison.OrdinalIgnoreCase))
        {
            // The document has fewer pages: a failure of this request, not of the browser, and the same on every server.
            throw new PageScriptException($"'pageRanges' is '{pdf.PageRanges}', which the document does not have: {e.Message}", null);
        }
    }

    private async Task<byte[]> CallForBytesAsync(string method, Action<Utf8JsonWriter> parameters, TimeSpan deadline, CancellationToken cancellationToken) =>
        (await _cdp.CallAsync(method, parameters, deadline, cancellationToken)).GetProperty("data").GetBytesFromBase64();

    private static PageScriptException? TooLarge(double width, double height, ScreenshotShape shape) =>
        width * height * shape.Scale * shape.Scale is > RenderLimits.MaxScreenshotPixels and var pixels
            ? new(string.Create(CultureInfo.InvariantCulture, $"The screenshot would have {pixels:N0} pixels, more than the {RenderLimits.MaxScreenshotPixels:N0} that are allowed: {width:0} x {height:0} at scale {shape.Scale}."), null)
            : null;

    private async Task<Area?> FullPageAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        var metrics = await _cdp.CallAsync("Page.getLayoutMetrics", null, deadline, cancellationToken);
        var size = metrics.GetProperty("cssContentSize");
        return new(0, 0, size.GetProperty("width").GetDouble(), size.GetProperty("height").GetDouble());
    }

    private async Task<Area?> AreaOfAsync(string selector, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var box = await EvaluateAsync($"({PageScripts.Box})({JsonSerializer.Serialize(selector)})", deadline, cancellationToken);
        if (box.ValueKind == JsonValueKind.String)
        {
            throw new RequestValueException($"'selector' is {Quoted.Of(selector)}, which is not a CSS selector.");
        }

        return box.ValueKind == JsonValueKind.Array && box.EnumerateArray().Select(n => n.GetDouble()).ToArray() is [var x, var y, > 0 and var width, > 0 and var height]
            ? new(x, y, width, height)
            : throw new PageScriptException($"No visible element matches '{selector}'.", null);
    }

    private readonly record struct Area(double X, double Y, double Width, double FullHeight)
    {
        public double Height => Math.Min(MaxHeight, FullHeight);
    }
}
