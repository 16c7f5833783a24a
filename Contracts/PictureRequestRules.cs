namespace Fleet.Contracts;

/// <summary>What makes a <see cref="PictureRequest"/> valid on its face.</summary>
public static class PictureRequestRules
{
    private const int LongestSelector = 500;
    private const int MostScale = 4;

    // Of servers that are not told otherwise.
    private const int UsualWidth = 1280;
    private const int UsualHeight = 800;

    /// <summary>Everything that is wrong with the request; empty when it is valid.</summary>
    public static IReadOnlyList<FieldError> Check(PictureRequest request) =>
    [
        .. RenderRequestRules.Check(request.ToVisit()),
        .. new[]
        {
            request.Selector is { Length: 0 or > LongestSelector } selector ? new FieldError("selector", $"'selector' has {selector.Length} characters: 1 to {LongestSelector} are allowed.") : null,
            request.Selector is not null && request.FullPage ? new FieldError("fullPage", "'fullPage' and 'selector' exclude each other: ask for one.") : null,
            request.Type == PictureType.Pdf && (request.FullPage || request.Selector is not null)
                ? new FieldError("type", "'type' is 'pdf', which always has the whole page: leave 'fullPage' and 'selector' out.") : null,
            request.Format is RenderFormat.Html or RenderFormat.Data or RenderFormat.Head or RenderFormat.Markdown
                ? new FieldError("format", "'format' must be one that can be seen: 'isolated', 'embedded', 'fitted', 'atom' or 'icon'; leave it out for the page itself.") : null,
            request.Format is not null && (request.FullPage || request.Selector is not null || request.Type == PictureType.Pdf)
                ? new FieldError("format", "'format' fills a box of 'width' and 'height': leave 'fullPage' and 'selector' out, and ask for an image.") : null,
            CheckSize("scale", request.Scale, 1, MostScale),
            CheckSize("width", request.Width, 100, 3840),
            CheckSize("height", request.Height, 100, 2160),
            CheckPixels(request.Width ?? UsualWidth, request.Height ?? UsualHeight, request.Scale),
        }.OfType<FieldError>(),
    ];

    private static FieldError? CheckPixels(int width, int height, int scale) =>
        (double)width * height * scale * scale is var pixels and > RenderLimits.MaxPicturePixels
            ? new("scale", $"'scale' is {scale}, which makes {pixels / 1_000_000:F0} million pixels of {width} × {height}: at most {RenderLimits.MaxPicturePixels / 1_000_000} million are allowed.")
            : null;

    private static FieldError? CheckSize(string field, int? value, int least, int most) =>
        value is { } size && (size < least || size > most) ? new(field, $"'{field}' is {size}: it must be between {least} and {most}.") : null;
}
