using Fleet.Contracts;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>What a screenshot shows, and its size.</summary>
/// <param name="Type">File type.</param>
/// <param name="FullPage">Whether to capture the whole page instead of the viewport.</param>
/// <param name="Selector">Captures only the first element that matches; null for the page.</param>
/// <param name="Width">Width of the viewport in CSS pixels; null for the default.</param>
/// <param name="Height">Height of the viewport in CSS pixels; null for the default.</param>
/// <param name="Format">Captures this host format instead of the page; null for the page.</param>
/// <param name="Scale">Device pixels per CSS pixel.</param>
/// <param name="Pdf">How a PDF is printed; null for the defaults.</param>
internal sealed record ScreenshotShape(
    ScreenshotType Type, bool FullPage = false, string? Selector = null, int? Width = null, int? Height = null, RenderFormat? Format = null, double Scale = 1, PdfOptions? Pdf = null)
{
    /// <summary>Captures only this part of the page; null for none.</summary>
    public ScreenshotClip? Clip { get; init; }

    /// <summary>Quality of a JPEG or WebP; null for the default.</summary>
    public int? Quality { get; init; }

    /// <summary>The viewport of a format of the host.</summary>
    public PageViewport Viewport => new(Width, Height, Scale);

    /// <summary>The shape that a request specifies.</summary>
    public static ScreenshotShape Of(ScreenshotRequest request)
    {
        var device = DevicePreset.Find(request.Device);
        return new(request.Type, request.FullPage, request.Selector, request.Width ?? device?.Width, request.Height ?? device?.Height, request.Format, request.Scale ?? device?.Scale ?? 1, request.Pdf)
        {
            Clip = request.Clip,
            Quality = request.Quality,
        };
    }
}

/// <summary>A screenshot or a PDF of a page.</summary>
/// <param name="Bytes">The file.</param>
/// <param name="FullHeight">Height in CSS pixels of what was to be shown, if it is more than a screenshot may have; null if all of it is there.</param>
internal sealed record PagePicture(byte[] Bytes, double? FullHeight = null);
