namespace Fleet.Registry.Pictures;

/// <summary>What is known of a stored picture without reading it.</summary>
/// <param name="Tag">Changes with the picture's bytes: 16 lower-case hex digits.</param>
/// <param name="Look">The look of the page that it was taken of.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
public sealed record PictureFacts(string Tag, string Look, int Width, int Height);
