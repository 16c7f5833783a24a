namespace Fleet.Registry.Pages;

/// <summary>The picture that there is of a page, for previews of links to it.</summary>
/// <param name="Url">Where it is.</param>
/// <param name="Tag">Changes with its bytes.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
public sealed record PagePicture(string Url, string Tag, int Width, int Height);
