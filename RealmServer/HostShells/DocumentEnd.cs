using System.Collections.Frozen;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Fleet.RealmServer.HostShells;

/// <summary>Tells a document that is complete from one that is cut off. Builds may omit the last end tags, so their absence alone does not tell.</summary>
internal static class DocumentEnd
{
    private const string Mark = "fleet:end";

    // Source: HTML, 13.1.2.4 "Optional tags". Not head: an app has something in its body.
    private static readonly FrozenSet<string> s_optionalEndTags = FrozenSet.Create(
        StringComparer.Ordinal, "html", "body", "p", "li", "dt", "dd", "rt", "rp", "optgroup", "option", "caption", "colgroup", "thead", "tbody", "tfoot", "tr", "td", "th");

    /// <summary>What the document ends in although it needs an end: <c>an open &lt;div&gt;</c>. Null if the document is complete.</summary>
    /// <param name="html">The document.</param>
    public static string? FindOpen(string html)
    {
        if (html.Contains("</html", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        using var document = new HtmlParser().ParseDocument($"{html}<!--{Mark}-->");
        var mark = document.Descendants<IComment>().LastOrDefault(static comment => comment.Data == Mark);
        // A last < is text to the parser, since no name follows it.
        return mark is null || html.EndsWith('<') ? "a tag, script or comment that is not closed"
            : mark.Ancestors<IElement>().FirstOrDefault(static element => !s_optionalEndTags.Contains(element.LocalName)) is { } open ? $"an open <{open.LocalName}>"
            : document.Body!.CompareDocumentPosition(mark).HasFlag(DocumentPositions.Preceding) ? "what is before its body"
            : null;
    }
}
