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
    /// <summary>Maps <c>GET /screenshot</c>, <c>GET /pdf</c> and <c>POST /screenshots</c>.</summary>
    public static void MapScreenshots(this IEndpointRouteBuilder routes)
    {
        var screenshots = routes.MapGroup("").WithTags("Screenshots").WithMetadata(new TenantContentAttribute()).RequireAdminKeyIfConfigured().RefuseForeignCallers().RejectUnknownParameters();

        screenshots.MapMethods("/screenshot", GetAndHead.Methods, ScreenshotAsync)
            .WithName("Screenshot").WithSummary("Takes a screenshot of a page, of one of its elements, or of one format that the host renders.")
            .WithDescription("The response is the file, with the page's own status code. An outcome without a screenshot is returned as problem details.")
            .Produces<byte[]>(200, "image/png", "image/jpeg", "image/webp").ProducesProblem(400).ProducesProblem(502).ProducesProblem(503).ProducesProblem(504);

        screenshots.MapMethods("/pdf", GetAndHead.Methods, PdfAsync)
            .WithName("Pdf").WithSummary("Prints a page to PDF.")
            .WithDescription("The response is the file, with the page's own status code. An outcome without a file is returned as problem details.")
            .Produces<byte[]>(200, "application/pdf").ProducesProblem(400).ProducesProblem(502).ProducesProblem(503).ProducesProblem(504);

        screenshots.MapPost("/screenshots", PostAsync)
            .WithName("TakeScreenshot").WithSummary("Takes a screenshot of a page or prints it to PDF, with all options in the body.")
            .WithDescription("The response is that of GET /screenshot and GET /pdf. Headers, cookies and credentials of the page can be given here only.")
            .Produces<byte[]>(200, "image/png", "image/jpeg", "image/webp", "application/pdf").ProducesProblem(400).ProducesProblem(502).ProducesProblem(503).ProducesProblem(504);
    }

    private static Task<IResult> ScreenshotAsync(
        HttpContext http,
        RenderPipeline pipeline,
        [AsParameters] PageParameters page,
        [Description("png, jpeg or webp. Default: png.")] string? type = null,
        [Description("Pixels of the screenshot per CSS pixel, 1 to 4. Default: the device's, else 1.")] int? scale = null,
        [Description("Captures the whole page instead of the viewport, up to a height of 16,384 CSS pixels. Default: false.")] bool? fullPage = null,
        [Description("Captures only the first element that matches this CSS selector.")] string? selector = null,
        [Description("Captures only this part of the page: x,y,width,height in CSS pixels.")] string? clip = null,
        [Description("Quality of a JPEG or WebP, 1 to 100. Default: 80.")] int? quality = null,
        [Description("Whether a page without a background of its own is transparent, for PNG and WebP. Default: false.")] bool? omitBackground = null,
        [Description("Captures the page in this format, in a box of width and height: isolated, embedded, fitted, atom or icon.")] string? format = null,
        [Description("0 (background indexing) to 10 (interactive). Default: 10.")] int? priority = null)
    {
        var errors = new List<FieldError>();
        var request = page.ApplyTo(
            new ScreenshotRequest
            {
                Url = "",
                Type = PageParameters.ReadWord<ScreenshotType>(type, "type", errors) ?? ScreenshotType.Png,
                Format = PageParameters.ReadWord<RenderFormat>(format, "format", errors),
                FullPage = fullPage ?? false,
                Selector = selector,
                Clip = ReadClip(clip, errors),
                Quality = quality,
                OmitBackground = omitBackground,
                Scale = scale,
            },
            errors);
        if (request.Type == ScreenshotType.Pdf)
        {
            errors.Add(new("type", "'type' is 'pdf': use GET /pdf instead."));
        }

        return AnswerAsync(request with { Priority = priority ?? request.Priority }, errors, http, pipeline);
    }

    private static Task<IResult> PdfAsync(
        HttpContext http,
        RenderPipeline pipeline,
        [AsParameters] PageParameters page,
        [Description("Whether the paper lies on its longer side. Default: false.")] bool? landscape = null,
        [Description("letter, legal, tabloid, ledger or a0 to a6, instead of paperWidth and paperHeight.")] string? paper = null,
        [Description("Width of the paper in inches, 1 to 100; with paperHeight. Default: the page's @page size, or else A4.")] double? paperWidth = null,
        [Description("Height of the paper in inches, 1 to 100; with paperWidth.")] double? paperHeight = null,
        [Description("Top margin in inches, 0 to 50. Default: 1 cm.")] double? marginTop = null,
        [Description("Right margin in inches, 0 to 50. Default: 1 cm.")] double? marginRight = null,
        [Description("Bottom margin in inches, 0 to 50. Default: 1 cm.")] double? marginBottom = null,
        [Description("Left margin in inches, 0 to 50. Default: 1 cm.")] double? marginLeft = null,
        [Description("Size of the content relative to the page's own, 0.1 to 2. Default: 1.")] double? scale = null,
        [Description("Which pages: 1-3,5,8-. Default: all.")] string? pageRanges = null,
        [Description("Whether backgrounds are printed. Default: true.")] bool? printBackground = null,
        [Description("HTML of the header of each page. Default: none.")] string? headerTemplate = null,
        [Description("HTML of the footer of each page. Default: none.")] string? footerTemplate = null,
        [Description("Whether the PDF is tagged, for screen readers. Default: true.")] bool? tagged = null,
        [Description("Whether the PDF has an outline of its headings. Default: false.")] bool? outline = null)
    {
        List<FieldError> errors = [];
        var request = page.ApplyTo(
            new ScreenshotRequest
            {
                Url = "",
                Type = ScreenshotType.Pdf,
                Pdf = new()
                {
                    Landscape = landscape ?? false,
                    Paper = paper,
                    PaperWidth = paperWidth,
                    PaperHeight = paperHeight,
                    MarginTop = marginTop,
                    MarginRight = marginRight,
                    MarginBottom = marginBottom,
                    MarginLeft = marginLeft,
                    Scale = scale,
                    PageRanges = pageRanges,
                    PrintBackground = printBackground,
                    HeaderTemplate = headerTemplate,
                    FooterTemplate = footerTemplate,
                    Tagged = tagged,
                    Outline = outline,
                },
            },
            errors);
        return AnswerAsync(request, errors, http, pipeline);
    }

    private static Task<IResult> PostAsync(ScreenshotRequest request, HttpContext http, RenderPipeline pipeline) => AnswerAsync(request, [], http, pipeline);

    /// <summary>Takes the screenshot, unless the request is invalid.</summary>
    /// <param name="request">The screenshot.</param>
    /// <param name="errors">What is wrong with the request already.</param>
    /// <param name="http">The request.</param>
    /// <param name="pipeline">Renders it.</param>
    /// <param name="rename">Gives errors the names that the caller knows; null for Fleet's own.</param>
    internal static async Task<IResult> AnswerAsync(
        ScreenshotRequest request, List<FieldError> errors, HttpContext http, RenderPipeline pipeline, Func<IEnumerable<FieldError>, IEnumerable<FieldError>>? rename = null)
    {
        var requestId = CallHeaders.RequestId(http.Request);
        http.Response.Headers[FleetHeaders.RequestId] = requestId;
        if (!CallHeaders.TryGetTimeout(http.Request, out var timeout))
        {
            errors.Add(new(FleetHeaders.DeadlineMs, $"The header {FleetHeaders.DeadlineMs} must be one whole number of milliseconds."));
        }

        var found = ScreenshotRequestRules.Check(request);
        errors.AddRange(rename?.Invoke(found) ?? found);
        return errors.Count > 0
            ? RenderRules.Invalid(errors).ToProblem(http.Response)
            : DocumentResult.From(
                await pipeline.RenderAsync(
                    CallHeaders.Call(http.Request, request.ToRenderRequest(), requestId, timeout) with { Screenshot = request }, http.RequestAborted),
                http.Response);
    }

    private static ScreenshotClip? ReadClip(string? text, List<FieldError> errors)
    {
        if (ScreenshotClip.TryParse(text, out var clip) || text is null)
        {
            return clip;
        }

        errors.Add(new("clip", $"'clip' is {Quoted.Of(text)}: it must be x,y,width,height in CSS pixels, such as '0,0,600,400'."));
        return null;
    }
}
