using System.Text;

namespace Fleet.Contracts;

/// <summary>Extracts the visible content of a document, to detect an app that did not start: if its bundle is missing, <c>index.html</c> stays unchanged.</summary>
public static class ShownContent
{
    private static readonly HashSet<string> s_invisibleElements = new(["script", "style", "noscript", "title", "head"], StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> s_visualElements =
        new(["img", "svg", "canvas", "video", "audio", "iframe", "object", "embed", "input", "button", "textarea", "math"], StringComparer.OrdinalIgnoreCase);

    /// <summary>The text of a document, and the names of elements that are visible without text; empty if nothing is visible. A single pass, since documents may be
    /// large and malformed.</summary>
    public static string Of(ReadOnlySpan<char> html)
    {
        var shown = new StringBuilder();
        while (!html.IsEmpty)
        {
            html = Next(html, shown);
        }

        return shown.ToString();
    }

    /// <summary>Whether anything in a document is visible. Reads only as far as the first that is.</summary>
    public static bool IsIn(ReadOnlySpan<char> html)
    {
        var shown = new StringBuilder();
        while (!html.IsEmpty && shown.Length == 0)
        {
            html = Next(html, shown);
        }

        return shown.Length > 0;
    }

    /// <summary>The text after the next tag; what is visible before it is appended.</summary>
    private static ReadOnlySpan<char> Next(ReadOnlySpan<char> html, StringBuilder shown)
    {
        var open = html.IndexOf('<');
        var text = (open < 0 ? html : html[..open]).Trim();
        if (!text.IsEmpty)
        {
            shown.Append(text).Append(' ');
        }

        return open < 0 ? [] : After(html[open..], shown);
    }

    /// <summary>The text after a tag, or after an invisible element.</summary>
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

        if (s_invisibleElements.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name))
        {
            return Behind(Behind(tag, $"</{name}"), ">");
        }

        if (s_visualElements.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name))
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
