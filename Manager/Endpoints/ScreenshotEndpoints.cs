using System.ComponentModel;
using Fleet.Contracts;
using Fleet.Manager.Pipeline;
using Fleet.Manager.Rendering;
using Fleet.ServiceDefaults.Problems;
using Fleet.ServiceDefaults.Security;

namespace Fleet.Manager.Endpoints;

/// <summary>Routes that return a screenshot or a PDF of a page.</summary>
internal static class ScreenshotEndpoints
{
    /// <summary>Maps <c>GET /screenshot</c> and <c>GET /pdf</c>.</summary>
    public static void MapScreenshots(this IEndpointRouteBuilder routes)
    {
        var screenshots = routes.MapGroup("").WithTags("Screenshots").WithMetadata(new TenantContentAttribute()).RequireAdminKeyIfConfigured().RefuseForeignCallers().RejectUnknownParameters();

        screenshots.MapGetAndHead("/screenshot", ScreenshotAsync)
            .WithName("Screenshot").WithSummary("Takes a screenshot of a page, of one of its elements, or of one format that the host renders.")
            .WithDescription("The response is the file, with the page's own status code. An outcome without a screenshot is returned as problem details.")
            .Produces<byte[]>(200, "image/png", "image/jpeg", "image/webp").ProducesProblem(400).ProducesProblem(502).ProducesProblem(503).ProducesProblem(504);

        screenshots.MapGetAndHead("/pdf", PdfAsync)
            .WithName("Pdf").WithSummary("Prints a page to PDF.")
            .WithDescription("The response is the file, with the page's own status code. An outcome without a file is returned as problem details.")
            .Produces<byte[]>(200, "application/pdf").ProducesProblem(400).ProducesProblem(502).ProducesProblem(503).ProducesProblem(504);
    }

    private static Task<IResult> ScreenshotAsync(
        HttpContext http,
        RenderPipeline pipeline,
        [Description("Absolute http or https URL inside the allow-list.")] string? url = null,
        [Description("png, jpeg or webp. Default: png.")] string? type = null,
        [Description("Width of the viewport in CSS pixels, 100 to 3840. Default: the server's, 1280.")] int? width = null,
        [Description("Height of the viewport in CSS pixels, 100 to 2160. Default: the server's, 800.")] int? height = null,
        [Description("Pixels of the screenshot per CSS pixel, 1 to 4. Default: 1.")] int? scale = null,
        [Description("Captures the whole page instead of the viewport. Default: false.")] bool? fullPage = null,
        [Description("Captures only the first element that matches this CSS selector.")] string? selector = null,
        [Description("Captures the page in this format, in a box of width and height: isolated, embedded, fitted, atom or icon.")] string? format = null,
        [Description("realm:<url> or user:<id>. Default: the realm that the URL belongs to.")] string? affinity = null,
        [Description("Timeout in milliseconds. Default: 30000.")] int? deadlineMs = null,
        [Description("0 (background indexing) to 10 (interactive). Default: 10.")] int? priority = null)
    {
        var errors = new List<FieldError>();
        var request = new ScreenshotRequest
        {
            Url = url ?? "",
            Affinity = affinity,
            DeadlineMs = deadlineMs,
            Priority = priority ?? RenderLimits.MaxPriority,
            Type = Parse(type, ScreenshotType.Png, "type", errors),
            Format = format is null ? null : Parse(format, RenderFormat.Isolated, "format", errors),
            FullPage = fullPage ?? false,
            Selector = selector,
            Width = width,
            Height = height,
            Scale = scale ?? 1,
        };
        if (request.Type == ScreenshotType.Pdf)
        {
            errors.Add(new("type", "'type' is 'pdf': use GET /pdf instead."));
        }

        return AnswerAsync(request, errors, http, pipeline);
    }

    private static Task<IResult> PdfAsync(
        HttpContext http,
        RenderPipeline pipeline,
        [Description("Absolute http or https URL inside the allow-list.")] string? url = null,
        [Description("realm:<url> or user:<id>. Default: the realm that the URL belongs to.")] string? affinity = null,
        [Description("Timeout in milliseconds. Default: 30000.")] int? deadlineMs = null,
        [Description("Whether the paper lies on its longer side. Default: false.")] bool? landscape = null,
        [Description("Width of the paper in inches, 1 to 100; with paperHeight. Default: the page's @page size, or else A4.")] double? paperWidth = null,
        [Description("Height of the paper in inches, 1 to 100; with paperWidth.")] double? paperHeight = null,
        [Description("Top margin in inches, 0 to 50. Default: 1 cm.")] double? marginTop = null,
        [Description("Right margin in inches, 0 to 50. Default: 1 cm.")] double? marginRight = null,
        [Description("Bottom margin in inches, 0 to 50. Default: 1 cm.")] double? marginBottom = null,
        [Description("Left margin in inches, 0 to 50. Default: 1 cm.")] double? marginLeft = null,
        [Description("Size of the content relative to the page's own, 0.1 to 2. Default: 1.")] double? scale = null,
        [Description("Which pages: 1-3,5,8-. Default: all.")] string? pageRanges = null,
        [Description("Whether backgrounds are printed. Default: true.")] bool? printBackground = null) =>
        AnswerAsync(
            new()
            {
                Url = url ?? "",
                Affinity = affinity,
                DeadlineMs = deadlineMs,
                Priority = RenderLimits.MaxPriority,
                Type = ScreenshotType.Pdf,
                Pdf = new()
                {
                    Landscape = landscape ?? false,
                    PaperWidth = paperWidth,
                    PaperHeight = paperHeight,
                    MarginTop = marginTop,
                    MarginRight = marginRight,
                    MarginBottom = marginBottom,
                    MarginLeft = marginLeft,
                    Scale = scale,
                    PageRanges = pageRanges,
                    PrintBackground = printBackground,
                },
            },
            [], http, pipeline);

    /// <summary>Takes the screenshot, unless the request is invalid.</summary>
    /// <param name="request">The screenshot.</param>
    /// <param name="errors">What is wrong with the request already.</param>
    /// <param name="http">The request.</param>
    /// <param name="pipeline">Renders it.</param>
    internal static async Task<IResult> AnswerAsync(ScreenshotRequest request, List<FieldError> errors, HttpContext http, RenderPipeline pipeline)
    {
        var requestId = CallHeaders.RequestId(http.Request);
        http.Response.Headers[FleetHeaders.RequestId] = requestId;
        if (!CallHeaders.TryGetTimeout(http.Request, out var timeout))
        {
            errors.Add(new(FleetHeaders.DeadlineMs, $"The header {FleetHeaders.DeadlineMs} must be one whole number of milliseconds."));
        }

        errors.AddRange(ScreenshotRequestRules.Check(request));
        return errors.Count > 0
            ? RenderRules.Invalid(errors).ToProblem(http.Response)
            : DocumentResult.From(
                await pipeline.RenderAsync(
                    CallHeaders.Call(http.Request, request.ToRenderRequest(), requestId, timeout) with { Screenshot = request }, http.RequestAborted),
                http.Response);
    }

    private static T Parse<T>(string? text, T defaultValue, string field, List<FieldError> errors)
        where T : struct, Enum
    {
        if (text is null)
        {
            return defaultValue;
        }

        if (Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) && !int.TryParse(text, out _))
        {
            return value;
        }

        var known = string.Join(", ", Enum.GetNames<T>().Select(name => name.ToLowerInvariant()));
        errors.Add(new(field, $"'{field}' is {Quoted.Of(text)}, which is none of {known}."));
        return defaultValue;
    }
}
