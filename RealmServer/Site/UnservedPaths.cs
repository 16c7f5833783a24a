namespace Fleet.RealmServer.Site;

/// <summary>Paths that are never answered with a file or a page of the host app, whether or not something is there: what an editor, a version control system, or a
/// deploy leaves beside an app. Decides by the text alone, so a file that is copied there tomorrow is covered as well.</summary>
internal static class UnservedPaths
{
    private const string WellKnown = ".well-known";

    /// <summary>How often a path is decoded at most. A proxy or a file system may decode what this server left encoded.</summary>
    private const int MaxDecodings = 3;

    private static readonly char[] s_separators = ['/', '\\'];

    /// <summary>Endings of the last segment. None of them is a type that an app loads in a browser.</summary>
    private static readonly string[] s_endings =
    [
        // Copies that editors and people make of a file.
        "~", ".bak", ".backup", ".old", ".orig", ".rej", ".save", ".swo", ".swp", ".tmp",
        // Settings of servers and build tools. JSON and YAML are not in the list, since apps load them.
        ".conf", ".config", ".env", ".ini",
        // Private keys and key stores.
        ".jks", ".key", ".keystore", ".p12", ".pem", ".pfx", ".ppk",
        // Databases and dumps.
        ".dump", ".mdb", ".sql", ".sqlite", ".sqlite3",
    ];

    /// <summary>Whether a path has a segment that begins with a dot, except <c>.well-known</c> as the first, or its last segment has an ending of the list. Encoded
    /// separators and dots, backslashes, and dots and spaces at the end count as what a file system makes of them.</summary>
    /// <param name="path">The request's path, decoded once, as ASP.NET Core gives it.</param>
    public static bool Contains(string path)
    {
        for (var i = 0; i < MaxDecodings; i++)
        {
            if (IsUnserved(path))
            {
                return true;
            }

            var decoded = path.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(path) : path;
            if (decoded == path)
            {
                return false;
            }

            path = decoded;
        }

        return IsUnserved(path);
    }

    /// <summary>Whether the real path of a file, relative to the host app's folder, has such a segment or ending. Leading segments that begin with two dots
    /// are the folders of a volume that Kubernetes mounts, to which every file of it links.</summary>
    public static bool ContainsReal(string relative) =>
        HasUnserved([.. relative.Split('/').SkipWhile(static segment => segment.StartsWith("..", StringComparison.Ordinal))]);

    private static bool IsUnserved(string path)
    {
        if (path.AsSpan().IndexOfAny('.', '~') < 0)
        {
            return false;
        }

        return HasUnserved(path.Split(s_separators, StringSplitOptions.RemoveEmptyEntries));
    }

    private static bool HasUnserved(string[] segments) =>
        segments.Index().Any(static segment => segment.Item.StartsWith('.') && (segment.Index > 0 || segment.Item != WellKnown))
        || (segments.Length > 0 && NameOf(segments[^1]) is var name && s_endings.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)));

    // Windows drops dots and spaces at the end of a name, and reads "name::$DATA" as the file itself.
    private static string NameOf(string segment)
    {
        var stream = segment.IndexOf("::", StringComparison.Ordinal);
        return (stream < 0 ? segment : segment[..stream]).TrimEnd('.', ' ');
    }
}
