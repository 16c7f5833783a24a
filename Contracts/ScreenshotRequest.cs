namespace Fleet.Contracts;

/// <summary>Requests a screenshot of a page, after navigating to the URL and waiting for it to settle and for fonts and images; or, with <see cref="Format"/>, of
/// one format that the host renders, alone in a box. Body of <c>POST /screenshots</c>; <c>{"url":"…"}</c> is enough. The response is the file; its headers state
/// the outcome.</summary>
public sealed record ScreenshotRequest
{
    /// <inheritdoc cref="RenderRequest.Url"/>
    public required string Url { get; init; }

    /// <inheritdoc cref="RenderRequest.Affinity"/>
    public string? Affinity { get; init; }

    /// <inheritdoc cref="RenderRequest.DeadlineMs"/>
    public int? DeadlineMs { get; init; }

    /// <inheritdoc cref="RenderRequest.Priority"/>
    public int Priority { get; init; }

    /// <inheritdoc cref="RenderRequest.Accept"/>
    public ShellAcceptance Accept { get; init; }

    /// <inheritdoc cref="RenderRequest.Credentials"/>
    public RenderCredentials? Credentials { get; init; }

    /// <summary>File type. Default: PNG.</summary>
    public ScreenshotType Type { get; init; }

    /// <summary>Captures this format, alone in a box of <see cref="Width"/> × <see cref="Height"/>, instead of the page: <c>isolated</c>, <c>embedded</c>,
    /// <c>fitted</c>, <c>atom</c> or <c>icon</c>. Default: none, which captures the page.</summary>
    public RenderFormat? Format { get; init; }

    /// <summary>Captures the whole page instead of the viewport, up to a height of 16,384 CSS pixels. Not for PDF, which always has the whole page. Default: false.</summary>
    public bool FullPage { get; init; }

    /// <summary>Captures only the first element that matches this CSS selector, 1 to 500 characters. Default: none.</summary>
    public string? Selector { get; init; }

    /// <summary>Width of the viewport in CSS pixels, 100 to 3840. Default: the server's.</summary>
    public int? Width { get; init; }

    /// <summary>Height of the viewport in CSS pixels, 100 to 2160. Default: the server's.</summary>
    public int? Height { get; init; }

    /// <summary>Pixels of the screenshot per CSS pixel, 1 to 4; the viewport may have at most 50 million pixels. Not for PDF. Default: 1.</summary>
    public int Scale { get; init; } = 1;

    /// <summary>How the page is printed, for <see cref="ScreenshotType.Pdf"/> only. Default: each option's default.</summary>
    public PdfOptions? Pdf { get; init; }

    /// <summary>The render of which the screenshot is taken.</summary>
    public RenderRequest ToRenderRequest() => new()
    {
        Url = Url,
        Affinity = Affinity,
        DeadlineMs = DeadlineMs,
        Priority = Priority,
        Accept = Accept,
        Credentials = Credentials,
        Formats = [Format ?? RenderFormat.Html],
    };
}

/// <summary>File type of a screenshot of a page.</summary>
public enum ScreenshotType
{
    /// <summary>Lossless.</summary>
    Png,

    /// <summary>Lossy, for photographs.</summary>
    Jpeg,

    /// <summary>Lossy.</summary>
    Webp,

    /// <summary>Paged, as it would be printed.</summary>
    Pdf,
}

/// <summary>Validates a <see cref="ScreenshotRequest"/>.</summary>
public static class ScreenshotRequestRules
{
    private const int MaxSelectorLength = 500;

    // The prerender servers' default viewport.
    private const int DefaultWidth = 1280;
    private const int DefaultHeight = 800;

    /// <summary>All validation errors; empty when the request is valid.</summary>
    public static IReadOnlyList<FieldError> Check(ScreenshotRequest request) =>
    [
        .. RenderRequestRules.Check(request.ToRenderRequest()),
        .. new[]
        {
            request.Selector is { Length: 0 or > MaxSelectorLength } selector ? new FieldError("selector", $"'selector' has {selector.Length} characters: 1 to {MaxSelectorLength} are allowed.") : null,
            request.Selector is not null && request.FullPage ? new FieldError("fullPage", "'fullPage' and 'selector' exclude each other: ask for one.") : null,
            request.Type == ScreenshotType.Pdf && (request.FullPage || request.Selector is not null)
                ? new FieldError("type", "'type' is 'pdf', which always has the whole page: leave 'fullPage' and 'selector' out.") : null,
            request.Format is RenderFormat.Html or RenderFormat.Data or RenderFormat.Head or RenderFormat.Markdown
                ? new FieldError("format", "'format' must be one that can be seen: 'isolated', 'embedded', 'fitted', 'atom' or 'icon'; leave it out for the page itself.") : null,
            request.Format is not null && (request.FullPage || request.Selector is not null || request.Type == ScreenshotType.Pdf)
                ? new FieldError("format", "'format' fills a box of 'width' and 'height': leave 'fullPage' and 'selector' out, and ask for an image.") : null,
            request.Pdf is not null && request.Type != ScreenshotType.Pdf ? new FieldError("pdf", "'pdf' is for the 'type' 'pdf': leave it out for an image.") : null,
            FieldBounds.Check("scale", request.Scale),
            FieldBounds.Check("width", request.Width),
            FieldBounds.Check("height", request.Height),
            CheckPixels(request.Width ?? DefaultWidth, request.Height ?? DefaultHeight, request.Scale),
        }.OfType<FieldError>(),
        .. request.Pdf is { } pdf ? PdfOptionsRules.Check(pdf) : [],
    ];

    private static FieldError? CheckPixels(int width, int height, int scale) =>
        (double)width * height * scale * scale is var pixels and > RenderLimits.MaxScreenshotPixels
            ? new("scale", $"'scale' is {scale}, which makes {pixels / 1_000_000:F0} million pixels of {width} × {height}: at most {RenderLimits.MaxScreenshotPixels / 1_000_000} million are allowed.")
            : null;
}
