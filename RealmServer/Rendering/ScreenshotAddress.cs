using Fleet.RealmServer.Content;

namespace Fleet.RealmServer.Rendering;

/// <summary>Maps cards to the URLs of their screenshots.</summary>
internal static class ScreenshotAddress
{
    /// <summary>Path prefix of all screenshots.</summary>
    public const string Prefix = "/_screenshots/";

    private const string Extension = ".jpg";

    /// <summary>Query parameter with the screenshot's tag. With the current tag, the response is immutable.</summary>
    public const string Tag = "v";

    /// <summary>Path and query of a screenshot.</summary>
    public static string PathOf(Realm realm, string card, string tag) => $"{Prefix}{realm.Id}/{card}{Extension}?{Tag}={tag}";

    /// <summary>Id of the card whose screenshot has this file name; null if the name is not valid.</summary>
    public static string? CardOf(string file) =>
        file.EndsWith(Extension, StringComparison.Ordinal) && CardId.IsValid(file.AsSpan(..^Extension.Length)) ? file[..^Extension.Length] : null;
}
