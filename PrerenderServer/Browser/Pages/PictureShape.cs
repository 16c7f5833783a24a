using Fleet.Contracts;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>What a picture shows.</summary>
/// <param name="Type">File type.</param>
/// <param name="FullPage">The whole page instead of the viewport.</param>
/// <param name="Selector">Only the first element that matches.</param>
/// <param name="Width">Of the viewport in CSS pixels; null for the browser's own.</param>
/// <param name="Height">Of the viewport in CSS pixels; null for the browser's own.</param>
/// <param name="Format">Not the page but this format of it, alone.</param>
/// <param name="Scale">Pixels per CSS pixel.</param>
internal sealed record PictureShape(
    PictureType Type, bool FullPage = false, string? Selector = null, int? Width = null, int? Height = null, RenderFormat? Format = null, int Scale = 1)
{
    /// <summary>Whether the viewport has to be changed for it, and back.</summary>
    public bool IsSized => Width is not null || Height is not null || Scale != 1;
}
