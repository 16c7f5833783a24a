using System.Globalization;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using static Fleet.ServiceDefaults.Markdown.MarkdownText;

namespace Fleet.ServiceDefaults.Markdown;

/// <summary>Converts the main content of a document to Markdown (CommonMark with tables) or to plain text. Text of the page stays text: what would be markup is escaped, and only http, https
/// and mailto links remain links.</summary>
public static class MarkdownConverter
{
    /// <summary>Maximum length of a document in characters: 4 Mi. Longer ones are not converted.</summary>
    public const int MaxChars = 4 * 1024 * 1024;

    /// <summary>Maximum depth of elements, as written and as shown. Deeper documents are not converted: a parser takes a time that grows with the square of the depth, and the conversion a stack.
    /// A browser that parses a document nests 512 deep.</summary>
    public const int MaxDepth = 600;

    /// <summary>The Markdown of a document; null if it is too long or nested too deeply.</summary>
    /// <param name="html">The document.</param>
    /// <param name="url">Its URL, which relative links refer to.</param>
    public static MarkdownDocument? Convert(string html, string url) => Convert(html, url, isPlain: false);

    /// <summary>The plain text of a document: blocks apart by an empty line, items of lists with a mark, cells of tables apart by a tab, without links, images and emphasis. Null if it is
    /// too long or nested too deeply.</summary>
    /// <param name="html">The document.</param>
    /// <param name="url">Its URL.</param>
    public static MarkdownDocument? ToText(string html, string url) => Convert(html, url, isPlain: true);

    private static MarkdownDocument? Convert(string html, string url, bool isPlain)
    {
        if (html.Length > MaxChars || HtmlDepth.Estimate(html) > MaxDepth)
        {
            return null;
        }

        using var document = new HtmlParser().ParseDocument(html);
        var tree = new FlattenedTree();
        // Slots may nest what is shown deeper than what is written.
        if (tree.ElementsBelow(document.Body!).Any(static shown => shown.Depth > MaxDepth))
        {
            return null;
        }

        var page = new Uri(url);
        var address = document.QuerySelector("base[href]")?.GetAttribute("href") is { } origin && Uri.TryCreate(page, origin, out var based) ? based : page;
        var main = tree.ElementsBelow(document.Body!).FirstOrDefault(static shown => shown.Element.LocalName == "main" || shown.Element.GetAttribute("role") == "main").Element
            ?? (tree.ElementsBelow(document.Body!).Where(static shown => shown.Element.LocalName == "article").Take(2).ToList() is [var (article, _)] ? article : null);
        var context = new Context(new(tree, hasMain: main is not null), address, isPlain);
        var text = Blocks(main ?? document.Body!, context).Trim('\n');
        var hasTitle = isPlain ? tree.ElementsBelow(main ?? document.Body!).Any(static shown => shown.Element.LocalName == "h1")
            : text.StartsWith("# ", StringComparison.Ordinal) || text.Contains("\n# ", StringComparison.Ordinal);
        if (!hasTitle && Squeeze(document.Title ?? "").Trim() is { Length: > 0 } title)
        {
            text = $"{(isPlain ? title : $"# {Escape(title, context)}")}\n\n{text}".TrimEnd('\n');
        }

        var canonical = document.QuerySelector("link[rel=canonical]")?.GetAttribute("href") is { } link && Uri.TryCreate(address, link, out var named) && named.Scheme is "http" or "https"
            ? ExactUrl.Of(OriginAllowList.WithAsciiHost(named)) : null;
        return new(text + "\n", canonical);
    }

    private static string Blocks(INode parent, Context context)
    {
        var blocks = new List<string>();
        var line = new StringBuilder();
        INode? previous = null;
        void EndLine()
        {
            if (Line(line.ToString(), context) is { Length: > 0 } text)
            {
                blocks.Add(text);
            }

            line.Clear();
        }

        foreach (var node in context.Content.ChildrenOf(parent))
        {
            if (node is IText || (node is IElement inline && context.Content.IsInline(inline)))
            {
                line.Append(Gap(previous, node)).Append(Inline(node, context));
            }
            else if (node is IElement block)
            {
                EndLine();
                if (Block(block, context).Trim('\n') is { Length: > 0 } text)
                {
                    blocks.Add(text);
                }
            }

            previous = node;
        }

        EndLine();
        return string.Join("\n\n", blocks);
    }

    private static string Block(IElement element, Context context) => element.LocalName switch
    {
        ['h', >= '1' and <= '6'] => Line(InlineOf(element, context), context).ReplaceLineEndings(" ") is { Length: > 0 } heading
            ? context.IsPlain ? heading : $"{new string('#', element.LocalName[1] - '0')} {heading}" : "",
        "hr" => context.IsPlain ? "" : "---",
        "pre" => CodeBlock(element, context),
        "blockquote" => context.IsPlain ? Blocks(element, context) : Prefixed(Blocks(element, context), "> ", "> "),
        "ul" or "ol" or "menu" => Listed(element, context),
        "table" => Tabular(element, context),
        "dt" => Line(InlineOf(element, context), context) is { Length: > 0 } term ? context.IsPlain ? term : $"**{term}**" : "",
        _ => Blocks(element, context),
    };

    private static string Listed(IElement list, Context context)
    {
        var number = list.LocalName == "ol" ? int.TryParse(list.GetAttribute("start"), NumberStyles.None, CultureInfo.InvariantCulture, out var start) ? start : 1 : (int?)null;
        var items = new List<string>();
        foreach (var item in context.Content.ElementsIn(list))
        {
            var mark = number is { } next ? string.Create(CultureInfo.InvariantCulture, $"{next}. ") : "- ";
            if (Blocks(item, context).Trim('\n') is { Length: > 0 } text)
            {
                items.Add(Prefixed(text, mark, new string(' ', mark.Length)));
                number++;
            }
        }

        return string.Join('\n', items);
    }

    private static string Tabular(IElement table, Context context)
    {
        var cells = RowsOf(table, context).ToList();
        if (cells.Count > 0 && cells.All(CodeText.IsNumbered))
        {
            return CodeBlock(table, context);
        }

        var rows = cells.Select(row => row.Select(cell => Line(InlineOf(cell, context), context).ReplaceLineEndings(" ")).ToList()).ToList();
        if (rows.Count == 0)
        {
            return "";
        }

        var width = rows.Max(static row => row.Count);
        var lines = rows.Select(row => context.IsPlain ? string.Join('\t', row)
            : $"| {string.Join(" | ", row.Select(static cell => cell.Replace("|", "\\|", StringComparison.Ordinal)).Concat(Enumerable.Repeat("", width - row.Count)))} |").ToList();
        if (!context.IsPlain)
        {
            lines.Insert(1, $"|{string.Concat(Enumerable.Repeat(" --- |", width))}");
        }

        var caption = context.Content.ElementsIn(table).FirstOrDefault(static child => child.LocalName == "caption") is { } named ? Line(InlineOf(named, context), context) + "\n\n" : "";
        return caption + string.Join('\n', lines);
    }

    private static string CodeBlock(IElement element, Context context) => CodeText.Of(element, context.Content) is var code && context.IsPlain ? Clean(code).Trim('\n')
        : Fenced(code, element.ClassName + " " + element.QuerySelector("code")?.ClassName);

    private static IEnumerable<List<IElement>> RowsOf(IElement table, Context context) =>
        context.Content.ElementsIn(table).SelectMany(child => child.LocalName is "thead" or "tbody" or "tfoot" ? context.Content.ElementsIn(child) : [child])
            .Where(static row => row.LocalName == "tr").Select(row => context.Content.ElementsIn(row).Where(static cell => cell.LocalName is "td" or "th").ToList())
            .Where(static cells => cells.Count > 0);

    private static string InlineOf(INode parent, Context context)
    {
        var text = new StringBuilder();
        INode? previous = null;
        foreach (var node in context.Content.ChildrenOf(parent))
        {
            // Separate the words of a block within a line, such as in a heading or a table cell, from its neighbours.
            var isBlock = node is IElement child && !context.Content.IsInline(child);
            text.Append(isBlock ? " " : Gap(previous, node)).Append(Inline(node, context)).Append(isBlock ? " " : "");
            previous = node;
        }

        return text.ToString();
    }

    private static string Inline(INode node, Context context)
    {
        if (node is IText text)
        {
            return Escape(Squeeze(text.Data), context);
        }

        if (node is not IElement element)
        {
            return "";
        }

        return element.LocalName switch
        {
            "br" => Break,
            "math" => TexOf(element) is { } tex ? context.IsPlain ? Squeeze(tex).Trim() : Code(tex) : InlineOf(element, context),
            "img" when context.IsPlain => Squeeze(element.GetAttribute("alt") ?? ""),
            not "img" when context.IsPlain => InlineOf(element, context),
            "img" => UrlOf(element.GetAttribute("src"), context) is { } source ? $"![{Escape(Squeeze(element.GetAttribute("alt") ?? ""), context).Trim()}]({source})" : "",
            "code" or "kbd" or "samp" or "tt" => Code(element.TextContent),
            "strong" or "b" => Around("**", InlineOf(element, context)),
            "em" or "i" => Around("*", InlineOf(element, context)),
            "del" or "s" or "strike" => Around("~~", InlineOf(element, context)),
            "a" when UrlOf(element.GetAttribute("href"), context) is { } target => InlineOf(element, context) is var label && label.Trim().Length > 0 ? Link(label, target) : "",
            _ => InlineOf(element, context),
        };
    }

    // Templates of frameworks have no white space between elements, and their styles often show custom ones as blocks.
    private static string Gap(INode? previous, INode node) => previous is IElement before && node is IElement after && before.LocalName.Contains('-') && after.LocalName.Contains('-') ? " " : "";

    // A formula is its source if it has one, as those of KaTeX and Wikipedia: as text, MathML loses its structure.
    private static string? TexOf(IElement math) =>
        math.QuerySelectorAll("annotation").FirstOrDefault(static note => note.GetAttribute("encoding")?.EndsWith("tex", StringComparison.OrdinalIgnoreCase) == true)?.TextContent is { } tex
            && tex.Trim().Length > 0 ? tex : null;

    private static string? UrlOf(string? text, Context context) =>
        text is { Length: > 0 and <= 2_048 } && Uri.TryCreate(context.Address, text.Trim(), out var url) && url.Scheme is "http" or "https" or "mailto"
            ? url.AbsoluteUri.Replace("(", "%28", StringComparison.Ordinal).Replace(")", "%29", StringComparison.Ordinal)
            : null;

    private static string Line(string text, Context context) => Lines(text) is var lines && context.IsPlain ? lines : EscapeStarts(lines);

    private static string Escape(string text, Context context) => context.IsPlain ? text : MarkdownText.Escape(text);

    private sealed record Context(ContentTree Content, Uri Address, bool IsPlain);
}
