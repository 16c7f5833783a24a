using System.Text;

namespace Fleet.RealmServer.Rendering;

/// <summary>What a document shows: an app whose bundle is missing leaves its <c>index.html</c> as it came, and that is no page.</summary>
internal static class ShownContent
{
    private static readonly HashSet<string> s_unseen = new(["script", "style", "noscript", "title", "head"], StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> s_screenshots =
        new(["img", "svg", "canvas", "video", "audio", "iframe", "object", "embed", "input", "button", "textarea", "math"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Text, and the names of elements that show something without any; empty when there is nothing to be seen. Once through the document, since
    /// it is as large and as broken as whoever wrote it likes.</summary>
    public static string Of(ReadOnlySpan<char> html)
    {
        var shown = new StringBuilder();
        while (!html.IsEmpty)
        {
            var open = html.IndexOf('<');
            var text = (open < 0 ? html : html[..open]).Trim();
            if (!text.IsEmpty)
            {
                shown.Append(text).Append(' ');
            }

            html = open < 0 ? [] : After(html[open..], shown);
        }

        return shown.ToString();
    }

    /// <summary>What follows a tag, or an element of which nothing is seen.</summary>
    private static ReadOnlySpan<char> After(ReadOnlySpan<char> tag, StringBuilder shown)
    {
        if (tag.StartsWith("<!--", StringComparison.Ordinal))
        {
            return Behind(tag, "-->");
        }

        var name = NameOf(tag[1..]);
        if (name.IsEmpty && (tag.Length == 1 || tag[1] is not ('/' or '!' or '?')))
        {
            shown.Append("< ");
            return tag[1..];
        }

        if (s_unseen.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name))
        {
            return Behind(Behind(tag, $"</{name}"), ">");
        }

        if (s_screenshots.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name))
        {
            shown.Append('<').Append(name).Append("> ");
        }

        return Behind(tag, ">");
    }

    private static ReadOnlySpan<char> NameOf(ReadOnlySpan<char> text)
    {
        var end = 0;
        while (end < text.Length && char.IsAsciiLetterOrDigit(text[end]))
        {
            end++;
        }

        return text[..end];
    }

    private static ReadOnlySpan<char> Behind(ReadOnlySpan<char> text, string mark) =>
        text.IndexOf(mark, StringComparison.OrdinalIgnoreCase) is >= 0 and var at ? text[(at + mark.Length)..] : [];
}
