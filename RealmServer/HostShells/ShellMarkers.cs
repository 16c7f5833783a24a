using System.Text.RegularExpressions;

namespace Fleet.RealmServer.HostShells;

/// <summary>Where rendered text is inserted into a shell. Positions are byte offsets.</summary>
/// <param name="Head">The range that the head's text replaces; empty if the text is only inserted.</param>
/// <param name="Body">The range that the body's text replaces; empty if the text is only inserted.</param>
internal sealed partial record ShellMarkers(Range Head, Range Body)
{
    public const string HeadMarker = "<!--fleet:head-->";

    public const string BodyMarker = "<!--fleet:body-->";

    /// <summary>Finds both places: the markers or, without them, the end of the head and the start of the app's root element.
    /// Null if either is missing or they are in the wrong order; such a shell is served unmodified.</summary>
    /// <param name="html">The shell, decoded as Latin-1: one character per byte, so that positions are byte offsets.</param>
    public static ShellMarkers? Find(string html)
    {
        var head = FindMarker(html, HeadMarker) ?? InsertAt(HeadEnd().Match(html), atEnd: false);
        var body = FindMarker(html, BodyMarker) ?? InsertAt(RootElement().Match(html), atEnd: true);
        return head is { } h && body is { } b && h.End.Value <= b.Start.Value ? new(h, b) : null;
    }

    private static Range? FindMarker(string html, string marker) =>
        html.IndexOf(marker, StringComparison.Ordinal) is >= 0 and var at ? new(at, at + marker.Length) : null;

    private static Range? InsertAt(Match match, bool atEnd) =>
        !match.Success ? null : atEnd ? new(match.Index + match.Length, match.Index + match.Length) : new(match.Index, match.Index);

    [GeneratedRegex("</head\\s*>", RegexOptions.IgnoreCase)]
    private static partial Regex HeadEnd();

    [GeneratedRegex("""<[a-z][a-z0-9-]*(?=\s)[^<>]*?\sid\s*=\s*(?:"(?:app|root)"|'(?:app|root)'|(?:app|root)(?=[\s>]))[^<>]*>""", RegexOptions.IgnoreCase)]
    private static partial Regex RootElement();
}
