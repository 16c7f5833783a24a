namespace Fleet.ServiceDefaults.Markdown;

/// <summary>Estimates how deep the elements of a document are nested.</summary>
public static class HtmlDepth
{
    private static readonly HashSet<string> s_void = new(
        ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"], StringComparer.OrdinalIgnoreCase);

    /// <summary>An upper estimate of the depth, by tags alone, so that a document can be refused before it is parsed.</summary>
    public static int Estimate(string html)
    {
        var (depth, deepest) = (0, 0);
        for (var at = html.IndexOf('<', StringComparison.Ordinal); at >= 0 && at + 1 < html.Length; at = html.IndexOf('<', at + 1))
        {
            if (html[at + 1] == '/')
            {
                depth = Math.Max(0, depth - 1);
            }
            else if (char.IsAsciiLetter(html[at + 1]))
            {
                var end = at + 1;
                while (end < html.Length && char.IsAsciiLetterOrDigit(html[end]))
                {
                    end++;
                }

                depth += s_void.GetAlternateLookup<ReadOnlySpan<char>>().Contains(html.AsSpan((at + 1)..end)) ? 0 : 1;
                deepest = Math.Max(deepest, depth);
            }
        }

        return deepest;
    }
}
