using Fleet.Contracts;
using Fleet.Manager.Endpoints;
using Fleet.Manager.Pipeline;
using Fleet.ServiceDefaults.Problems;

namespace Fleet.Manager.Dialects;

/// <summary>The REST addresses of browserless: the URL and options in a JSON body, the key in the query.</summary>
internal static class BrowserlessEndpoints
{
    public static void MapBrowserless(this IEndpointRouteBuilder routes)
    {
        var dialect = routes.MapDialect(
            "Browserless", "GET /render, /screenshot or /pdf with ?url=<percent-encoded URL>", static options => options.Browserless, static http => http.Request.Query["token"]);
        var group = dialect.MapGroup("").RejectUnknownParameters();
        // Newer clients name the browser.
        foreach (var prefix in (string[])["", "/chromium"])
        {
            group.MapPost(prefix + "/content", ContentAsync);
            group.MapPost(prefix + "/screenshot", ScreenshotAsync);
            group.MapPost(prefix + "/pdf", PdfAsync);
            dialect.MapUnserved(prefix + "/scrape", "For the text of a page use GET /render?url=<percent-encoded URL>&format=text, for its document POST /content.");
            dialect.MapUnserved(prefix + "/function", "Fleet runs no scripts of callers. Use POST /content, /screenshot or /pdf, whose waitForFunction waits for a script.");
        }
    }

    private static Task<IResult> ContentAsync(BrowserlessContent body, string? token, HttpContext http, RenderPipeline pipeline)
    {
        List<FieldError> errors = [];
        var request = BrowserlessMapping.Apply(body, new RenderRequest { Url = "" }, errors);
        return DialectExtensions.DocumentAsync(request, BrowserlessMapping.Names, errors, isFresh: false, http, pipeline, isSandboxed: true);
    }

    private static Task<IResult> ScreenshotAsync(BrowserlessScreenshot body, string? token, HttpContext http, RenderPipeline pipeline)
    {
        List<FieldError> errors = [];
        if (body.Options?.Type == ScreenshotType.Pdf)
        {
            errors.Add(new("options.type", "'options.type' is 'pdf': use POST /pdf instead."));
        }

        var request = new ScreenshotRequest
        {
            Url = "",
            Type = body.Options?.Type ?? ScreenshotType.Png,
            FullPage = body.Options?.FullPage ?? false,
            Quality = body.Options?.Quality,
            OmitBackground = body.Options?.OmitBackground,
            Clip = body.Options?.Clip,
            Selector = body.Selector,
            Scale = body.Viewport?.DeviceScaleFactor,
        };
        return AnswerAsync(body, request, errors, http, pipeline);
    }

    private static Task<IResult> PdfAsync(BrowserlessPdf body, string? token, HttpContext http, RenderPipeline pipeline)
    {
        List<FieldError> errors = [];
        return AnswerAsync(body, new() { Url = "", Type = ScreenshotType.Pdf, Pdf = BrowserlessMapping.ToPdf(body.Options, errors) }, errors, http, pipeline);
    }

    private static Task<IResult> AnswerAsync(BrowserlessContent body, ScreenshotRequest request, List<FieldError> errors, HttpContext http, RenderPipeline pipeline) =>
        ScreenshotEndpoints.AnswerAsync(BrowserlessMapping.Apply(body, request, errors), errors, http, pipeline, BrowserlessMapping.Names.Of);
}
