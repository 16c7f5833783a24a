using Fleet.RealmServer.Content;

namespace Fleet.RealmServer.Rendering;

/// <summary>Where a card's screenshot is.</summary>
internal static class ScreenshotAddress
{
    /// <summary>First part of every screenshot's path.</summary>
    public const string Prefix = "/_screenshots/";

    private const string Extension = ".jpg";

    /// <summary>Query parameter with the screenshot's tag: with it the answer may be kept for ever.</summary>
    public const string Tag = "v";

    /// <summary>Path and query of a screenshot.</summary>
    public static string PathOf(Realm realm, string card, string tag) => $"{Prefix}{realm.Id}/{card}{Extension}?{Tag}={tag}";

    /// <summary>Id of the card that a file of that name shows; null for the name of none.</summary>
    public static string? CardOf(string file) =>
        file.EndsWith(Extension, StringComparison.Ordinal) && CardId.IsValid(file.AsSpan(..^Extension.Length)) ? file[..^Extension.Length] : null;
}
