using Fleet.Contracts;
using Fleet.Manager.Endpoints;
using Fleet.Manager.Pipeline;
using Fleet.Manager.Rendering;
using Fleet.ServiceDefaults.Problems;

namespace Fleet.Manager.Dialects;

/// <summary>The REST addresses of browserless: the URL and options in a JSON body, the key in the query.</summary>
internal static class BrowserlessEndpoints
{
    public static void MapBrowserless(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapDialect(
            "Browserless", "GET /render, /screenshot or /pdf with ?url=<percent-encoded URL>", static options => options.Browserless, static call => call.HttpContext.Request.Query["token"])
            .RejectUnknownParameters();
        // Newer clients name the browser.
        foreach (var prefix in (string[])["", "/chromium"])
        {
            group.MapPost(prefix + "/content", ContentAsync);
            group.MapPost(prefix + "/screenshot", ScreenshotAsync);
            group.MapPost(prefix + "/pdf", PdfAsync);
        }
    }

    private static async Task<IResult> ContentAsync(BrowserlessContent body, string? token, HttpContext http, RenderPipeline pipeline)
    {
        FieldError[] errors = [.. BrowserlessMapping.Check(body)];
        return errors.Length > 0 ? RenderRules.Invalid(errors).ToProblem(http.Response)
            : await DialectExtensions.DocumentAsync(body.Url ?? "", isFresh: false, http, pipeline, body.GotoOptions?.Timeout, isSandboxed: true);
    }

    private static Task<IResult> ScreenshotAsync(BrowserlessScreenshot body, string? token, HttpContext http, RenderPipeline pipeline) =>
        ScreenshotEndpoints.AnswerAsync(
            Request(body) with
            {
                Type = body.Options?.Type ?? ScreenshotType.Png,
                FullPage = body.Options?.FullPage ?? false,
                Selector = body.Selector,
                Width = body.Viewport?.Width,
                Height = body.Viewport?.Height,
                Scale = body.Viewport?.DeviceScaleFactor ?? 1,
            },
            [.. BrowserlessMapping.Check(body), .. body.Options?.Type == ScreenshotType.Pdf ? [new FieldError("options.type", "'options.type' is 'pdf': use POST /pdf instead.")] : Array.Empty<FieldError>()],
            http, pipeline);

    private static Task<IResult> PdfAsync(BrowserlessPdf body, string? token, HttpContext http, RenderPipeline pipeline)
    {
        List<FieldError> errors = [.. BrowserlessMapping.Check(body)];
        return ScreenshotEndpoints.AnswerAsync(Request(body) with { Type = ScreenshotType.Pdf, Pdf = BrowserlessMapping.ToPdf(body.Options, errors) }, errors, http, pipeline);
    }

    // A timeout out of bounds is an error already, under the name that it has in the body.
    private static ScreenshotRequest Request(BrowserlessContent body) => new()
    {
        Url = body.Url ?? "",
        DeadlineMs = body.GotoOptions?.Timeout is >= RenderLimits.MinDeadlineMs and <= RenderLimits.MaxDeadlineMs and var timeout ? timeout : null,
        Priority = RenderLimits.MaxPriority,
    };
}
