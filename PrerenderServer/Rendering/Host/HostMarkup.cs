using System.Buffers;

namespace Fleet.PrerenderServer.Rendering.Host;

/// <summary>Checks that markup from a host can be embedded in a document: it ends outside of every tag, comment and text element, and closes no text
/// element that it did not open. Markup that fails contains unescaped text. Markup that passes may still contain some: text that closes and reopens
/// an element looks like any other markup.</summary>
internal static class HostMarkup
{
    /// <summary>Maximum nesting of foreign roots and integration points that is tracked. Deeper ones are treated like their surroundings.</summary>
    private const int MaxForeign = 32;

    private static readonly HashSet<string> s_textElements =
        new(["script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "plaintext"], StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> s_integrationPoints =
        new(["foreignObject", "desc", "title", "mi", "mo", "mn", "ms", "mtext", "annotation-xml"], StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> s_breakoutElements = new(
        [
            "b", "big", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt", "em", "embed", "h1", "h2", "h3", "h4", "h5", "h6", "head", "hr", "i", "img", "li",
            "listing", "menu", "meta", "nobr", "ol", "p", "pre", "ruby", "s", "small", "span", "strong", "strike", "sub", "sup", "table", "tt", "u", "ul", "var",
        ], StringComparer.OrdinalIgnoreCase);

    private static readonly SearchValues<char> s_endOfName = SearchValues.Create(" \t\n\f\r/>");

    private static readonly SearchValues<char> s_endOfValue = SearchValues.Create(" \t\n\f\r>");

    private static readonly SearchValues<char> s_inTag = SearchValues.Create("=>");

    /// <summary>Describes the first fault, as the end of a sentence that starts with "The host's 'head'"; null if there is none. Reads the markup once.</summary>
    public static string? FaultOf(ReadOnlySpan<char> markup)
    {
        // Open SVG and MathML roots and integration points. Empty for nearly all markup.
        var foreign = new List<string>();
        while (markup.IndexOf('<') is >= 0 and var at)
        {
            markup = markup[(at + 1)..];
            if (markup.StartsWith("!--", StringComparison.Ordinal))
            {
                if (EndOfComment(markup[3..]) is not { } end)
                {
                    return "leaves a comment open.";
                }

                markup = markup[(3 + end)..];
                continue;
            }

            var isEnd = markup is ['/', ..];
            var tag = isEnd ? markup[1..] : markup;
            if (tag is not [var first, ..] || !char.IsAsciiLetter(first))
            {
                // A bogus comment, or plain text.
                if (markup is ['!' or '?', ..] || (isEnd && tag is not []))
                {
                    markup = markup.IndexOf('>') is >= 0 and var close ? markup[(close + 1)..] : [];
                }

                continue;
            }

            var name = NameOf(tag);
            if (EndOfTag(tag[name.Length..]) is not { } length)
            {
                return $"ends inside the tag <{(isEnd ? "/" : "")}{Cut(name)}.";
            }

            var isSelfClosing = tag[..(name.Length + length)].EndsWith("/>", StringComparison.Ordinal);
            markup = tag[(name.Length + length)..];
            var isText = s_textElements.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var element) && !IsForeign(foreign);
            if (isEnd)
            {
                if (isText && !(foreign.Count > 0 && foreign[^1].Equals(element, StringComparison.OrdinalIgnoreCase)))
                {
                    return $"closes a <{element}> that it did not open: unescaped text ended one early.";
                }

                Leave(foreign, name);
            }
            else if (!isText)
            {
                Enter(foreign, name, isSelfClosing);
            }
            else if (EndOfText(markup, element!) is { } end)
            {
                markup = markup[end..];
            }
            else
            {
                return $"leaves a <{element}> open.";
            }
        }

        return null;
    }

    private static bool IsForeign(List<string> foreign) => foreign.Count > 0 && !s_integrationPoints.Contains(foreign[^1]);

    private static void Enter(List<string> foreign, ReadOnlySpan<char> name, bool isSelfClosing)
    {
        if (IsForeign(foreign) && s_breakoutElements.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name))
        {
            while (IsForeign(foreign))
            {
                foreign.RemoveAt(foreign.Count - 1);
            }
        }
        else if (!isSelfClosing && foreign.Count < MaxForeign && (name.Equals("svg", StringComparison.OrdinalIgnoreCase) || name.Equals("math", StringComparison.OrdinalIgnoreCase)
            || (IsForeign(foreign) && s_integrationPoints.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name))))
        {
            foreign.Add(name.ToString());
        }
    }

    private static void Leave(List<string> foreign, ReadOnlySpan<char> name)
    {
        for (var i = foreign.Count - 1; i >= 0; i--)
        {
            if (name.Equals(foreign[i], StringComparison.OrdinalIgnoreCase))
            {
                foreign.RemoveRange(i, foreign.Count - i);
                return;
            }
        }
    }

    private static ReadOnlySpan<char> NameOf(ReadOnlySpan<char> tag) => tag.IndexOfAny(s_endOfName) is >= 0 and var end ? tag[..end] : tag;

    private static string Cut(ReadOnlySpan<char> name) => name[..Math.Min(name.Length, 40)].ToString();

    /// <summary>Length of the rest of a tag including its <c>&gt;</c>; null if the tag does not end. Only a quoted value after <c>=</c> may contain <c>&gt;</c>.</summary>
    private static int? EndOfTag(ReadOnlySpan<char> rest)
    {
        for (var at = 0; rest[at..].IndexOfAny(s_inTag) is >= 0 and var found;)
        {
            at += found + 1;
            if (rest[at - 1] == '>')
            {
                return at;
            }

            var value = at + (rest[at..].IndexOfAnyExcept(" \t\n\f\r") is >= 0 and var space ? space : 0);
            if (value < rest.Length && rest[value] is '"' or '\'')
            {
                if (rest[(value + 1)..].IndexOf(rest[value]) is not (>= 0 and var quote))
                {
                    return null;
                }

                at = value + 1 + quote + 1;
            }
            else if (rest[Math.Min(value, rest.Length)..].IndexOfAny(s_endOfValue) is >= 0 and var end)
            {
                at = value + end;
            }
            else
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>Offset after the end of a comment; <paramref name="text"/> starts after its <c>&lt;!--</c>. Null if the comment does not end.</summary>
    private static int? EndOfComment(ReadOnlySpan<char> text)
    {
        if (text is ['>', ..])
        {
            return 1;
        }

        if (text is ['-', '>', ..])
        {
            return 2;
        }

        for (var at = 0; text[at..].IndexOf("--") is >= 0 and var found;)
        {
            at += found + 2;
            if (text[at..] is ['>', ..])
            {
                return at + 1;
            }

            if (text[at..] is ['!', '>', ..])
            {
                return at + 2;
            }

            at--;
        }

        return null;
    }

    /// <summary>Offset after the end tag of a text element; null if there is none. A script continues after an end tag that follows <c>&lt;!--</c> and <c>&lt;script</c>.</summary>
    private static int? EndOfText(ReadOnlySpan<char> text, string element)
    {
        var isScript = element == "script";
        var (isEscaped, isDoubleEscaped) = (false, false);
        for (var at = 0; text[at..].IndexOfAny('<', isEscaped ? '-' : '<') is >= 0 and var found;)
        {
            at += found;
            var rest = text[at..];
            if (rest.StartsWith("-->", StringComparison.Ordinal))
            {
                (isEscaped, isDoubleEscaped) = (false, false);
            }
            else if (isScript && rest.StartsWith("<!--", StringComparison.Ordinal))
            {
                isEscaped = true;
                at++;
            }
            else if (isEscaped && !isDoubleEscaped && IsTag(rest, "<", element))
            {
                isDoubleEscaped = true;
            }
            else if (IsTag(rest, "</", element))
            {
                if (!isDoubleEscaped)
                {
                    return EndOfTag(rest[(2 + element.Length)..]) is { } end && element != "plaintext" ? at + 2 + element.Length + end : null;
                }

                isDoubleEscaped = false;
            }

            at++;
        }

        return null;
    }

    private static bool IsTag(ReadOnlySpan<char> text, string opening, string name) =>
        text.StartsWith(opening, StringComparison.Ordinal) && text[opening.Length..].StartsWith(name, StringComparison.OrdinalIgnoreCase)
        && text[(opening.Length + name.Length)..] is [' ' or '\t' or '\n' or '\f' or '\r' or '/' or '>', ..];
}
