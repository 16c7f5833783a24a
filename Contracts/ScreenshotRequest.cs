using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Fleet.Contracts;

/// <summary>Requests a screenshot of a page, after navigating to the URL and waiting for it to settle and for fonts and images; or, with <see cref="Format"/>, of
/// one format that the host renders, alone in a box. Body of <c>POST /screenshots</c>; <c>{"url":"…"}</c> is enough. The response is the file; its headers state
/// the outcome.</summary>
public sealed record ScreenshotRequest : PageRequest
{
    /// <summary>File type. Default: PNG.</summary>
    public ScreenshotType Type { get; init; }

    /// <summary>Captures this format, alone in a box of <see cref="PageRequest.Width"/> × <see cref="PageRequest.Height"/>, instead of the page: <c>isolated</c>,
    /// <c>embedded</c>, <c>fitted</c>, <c>atom</c> or <c>icon</c>. Default: none, which captures the page.</summary>
    public RenderFormat? Format { get; init; }

    /// <summary>Captures the whole page instead of the viewport, up to a height of 16,384 CSS pixels. Not for PDF, which always has the whole page. Default: false.</summary>
    public bool FullPage { get; init; }

    /// <summary>Captures only the first element that matches this CSS selector, 1 to 500 characters. Default: none.</summary>
    public string? Selector { get; init; }

    /// <summary>Captures only this part of the page. Default: none.</summary>
    public ScreenshotClip? Clip { get; init; }

    /// <summary>Pixels of the screenshot per CSS pixel, 1 to 4; the viewport may have at most 50 million pixels. Not for PDF. Default: the device's, else 1.</summary>
    public int? Scale { get; init; }

    /// <summary>Quality of a JPEG or WebP, 1 to 100. Default: 80.</summary>
    public int? Quality { get; init; }

    /// <summary>Whether a page without a background of its own is transparent instead of white. For PNG and WebP. Default: false.</summary>
    public bool? OmitBackground { get; init; }

    /// <summary>How the page is printed, for <see cref="ScreenshotType.Pdf"/> only. Default: each option's default.</summary>
    public PdfOptions? Pdf { get; init; }

    /// <summary>The render of which the screenshot is taken. A format of the host is shown in a box, which has the size: the page keeps its own.</summary>
    public RenderRequest ToRenderRequest() => Format is { } format ? new(this with { Width = null, Height = null }) { Formats = [format] } : new(this) { Formats = [RenderFormat.Html] };
}

/// <summary>A part of a page, in CSS pixels from its top left corner.</summary>
/// <param name="X">Distance from the left, 0 to 16,384.</param>
/// <param name="Y">Distance from the top, 0 to 16,384.</param>
/// <param name="Width">Width, 1 to 16,384.</param>
/// <param name="Height">Height, 1 to 16,384.</param>
public sealed record ScreenshotClip(double X, double Y, double Width, double Height)
{
    /// <summary>Reads <c>x,y,width,height</c>. Whether the numbers are in their ranges is checked with the request.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ScreenshotClip? clip)
    {
        var numbers = (text ?? "").Split(',').Select(static part => double.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : double.NaN).ToArray();
        clip = numbers is [var x, var y, var width, var height] && !numbers.Any(double.IsNaN) ? new(x, y, width, height) : null;
        return clip is not null;
    }
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
    /// <summary>Maximum height of a screenshot, and of what it is cut from, in CSS pixels: the limit of Chromium's surfaces.</summary>
    public const int MaxExtent = 16_384;

    private const int MaxSelectorLength = 500;

    // The prerender servers' default viewport.
    private static readonly DevicePreset s_default = DevicePreset.All[0];

    /// <summary>All validation errors; empty when the request is valid.</summary>
    public static IReadOnlyList<FieldError> Check(ScreenshotRequest request) =>
    [
        .. RenderRequestRules.Check(request.ToRenderRequest()),
        .. new[]
        {
            request.Selector is { Length: 0 or > MaxSelectorLength } selector ? new FieldError("selector", $"'selector' has {selector.Length} characters: 1 to {MaxSelectorLength} are allowed.") : null,
            request.Selector is not null && request.FullPage ? new FieldError("fullPage", "'fullPage' and 'selector' exclude each other: ask for one.") : null,
            request.Clip is not null && (request.FullPage || request.Selector is not null) ? new FieldError("clip", "'clip' excludes 'fullPage' and 'selector': ask for one.") : null,
            CheckClip(request.Clip),
            request.Type == ScreenshotType.Pdf && (request.FullPage || request.Selector is not null || request.Clip is not null)
                ? new FieldError("type", "'type' is 'pdf', which always has the whole page: leave 'fullPage', 'selector' and 'clip' out.") : null,
            request.Format is RenderFormat.Html or RenderFormat.Data or RenderFormat.Head or RenderFormat.Markdown
                ? new FieldError("format", "'format' must be one that can be seen: 'isolated', 'embedded', 'fitted', 'atom' or 'icon'; leave it out for the page itself.") : null,
            request.Format is not null && (request.FullPage || request.Selector is not null || request.Clip is not null || request.Type == ScreenshotType.Pdf)
                ? new FieldError("format", "'format' fills a box of 'width' and 'height': leave 'fullPage', 'selector' and 'clip' out, and ask for an image.") : null,
            request.Pdf is not null && request.Type != ScreenshotType.Pdf ? new FieldError("pdf", "'pdf' is for the 'type' 'pdf': leave it out for an image.") : null,
            request.Quality is not null && request.Type is not (ScreenshotType.Jpeg or ScreenshotType.Webp)
                ? new FieldError("quality", "'quality' is for the types 'jpeg' and 'webp': leave it out.") : FieldBounds.Check("quality", request.Quality),
            request.OmitBackground is true && request.Type is not (ScreenshotType.Png or ScreenshotType.Webp)
                ? new FieldError("omitBackground", "'omitBackground' is for the types 'png' and 'webp', which can be transparent.") : null,
            FieldBounds.Check("scale", request.Scale),
            // The render of a format has no size, so its check did not cover it.
            request.Format is null ? null : FieldBounds.Check("width", request.Width),
            request.Format is null ? null : FieldBounds.Check("height", request.Height),
            CheckPixels(request, DevicePreset.Find(request.Device) ?? s_default),
        }.OfType<FieldError>(),
        .. request.Pdf is { } pdf ? PdfOptionsRules.Check(pdf) : [],
    ];

    private static FieldError? CheckClip(ScreenshotClip? clip) => clip is null || (IsWithin(clip.X, 0) && IsWithin(clip.Y, 0) && IsWithin(clip.Width, 1) && IsWithin(clip.Height, 1)) ? null
        : new("clip", FormattableString.Invariant($"'clip' is {clip.X},{clip.Y},{clip.Width},{clip.Height}: 'x' and 'y' must be between 0 and {MaxExtent}, 'width' and 'height' between 1 and {MaxExtent}."));

    private static bool IsWithin(double value, int min) => value >= min && value <= MaxExtent;

    private static FieldError? CheckPixels(ScreenshotRequest request, DevicePreset device)
    {
        var (width, height, scale) = (request.Width ?? device.Width, request.Height ?? device.Height, request.Scale ?? device.Scale);
        return width * height * scale * scale is var pixels and > RenderLimits.MaxScreenshotPixels
            ? new("scale", FormattableString.Invariant($"'scale' is {scale}, which makes {pixels / 1_000_000:F0} million pixels of {width} × {height}: at most {RenderLimits.MaxScreenshotPixels / 1_000_000} million are allowed."))
            : null;
    }
}
