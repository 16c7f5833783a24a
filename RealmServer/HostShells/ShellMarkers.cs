using System.Text.RegularExpressions;

namespace Fleet.RealmServer.HostShells;

/// <summary>Where a shell takes rendered text. Positions are in bytes of its UTF-8.</summary>
/// <param name="Head">Range that the head's text replaces; empty when it is only inserted.</param>
/// <param name="Body">Range that the body's text replaces.</param>
internal sealed partial record ShellMarkers(Range Head, Range Body)
{
    public const string HeadMarker = "<!--fleet:head-->";

    public const string BodyMarker = "<!--fleet:body-->";

    /// <summary>Finds both places: the markers, else the end of the head and the start of the element that is the app's root.
    /// Null when either is missing or they stand in the wrong order; such a shell is served as it is.</summary>
    /// <param name="html">The shell, decoded as Latin-1: one character per byte, so that positions are byte positions.</param>
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
