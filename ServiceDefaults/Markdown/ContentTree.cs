using AngleSharp.Dom;

namespace Fleet.ServiceDefaults.Markdown;

/// <summary>What of a document is content: what is shown, without navigation, controls and media.</summary>
/// <param name="tree">The document.</param>
/// <param name="hasMain">Whether only its main content is read.</param>
internal sealed class ContentTree(FlattenedTree tree, bool hasMain)
{
    private static readonly HashSet<string> s_left = new(
        ["head", "script", "style", "nav", "aside", "footer", "button", "input", "select", "textarea", "datalist", "iframe", "object", "embed", "canvas", "svg", "audio", "video", "dialog", "template", "annotation", "annotation-xml"],
        StringComparer.OrdinalIgnoreCase);

    // Inline whatever they hold.
    private static readonly HashSet<string> s_inline = new(
        ["abbr", "b", "bdi", "bdo", "br", "cite", "code", "data", "dfn", "em", "i", "img", "kbd", "mark", "q", "s", "samp", "small", "strong", "sub", "sup", "time", "u", "var", "wbr", "strike", "tt", "font"],
        StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> s_blocks = new(
        ["address", "article", "blockquote", "caption", "center", "dd", "details", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr",
            "legend", "li", "listing", "main", "menu", "ol", "p", "pre", "search", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "xmp"],
        StringComparer.OrdinalIgnoreCase);

    // Each element is asked for by all of its ancestors.
    private readonly Dictionary<IElement, bool> _inline = [];

    /// <summary>The children of a node.</summary>
    public IEnumerable<INode> ChildrenOf(INode parent) => tree.ChildrenOf(parent).Where(node => node is not IElement element || !IsLeftOut(element));

    /// <summary>The elements among the children of a node.</summary>
    public IEnumerable<IElement> ElementsIn(INode parent) => ChildrenOf(parent).OfType<IElement>();

    /// <summary>Whether an element is part of a line. An element without a rule, such as a custom one, is unless it holds a block, as it is without a style.</summary>
    public bool IsInline(IElement element)
    {
        if (s_inline.Contains(element.LocalName) || IsBlock(element))
        {
            return !IsBlock(element);
        }

        if (!_inline.TryGetValue(element, out var isInline))
        {
            _inline.Add(element, isInline = ElementsIn(element).All(IsInline));
        }

        return isInline;
    }

    /// <summary>Whether an element is a block by its name.</summary>
    public static bool IsBlock(IElement element) => s_blocks.Contains(element.LocalName);

    // A form may hold the whole page, as those of ASP.NET Web Forms: it is its content without the controls and their labels.
    // Outside of the main content, the header of the page is navigation too.
    private bool IsLeftOut(IElement element) => s_left.Contains(element.LocalName)
        || element.GetAttribute("aria-hidden") == "true" || element.GetAttribute("role") is "navigation" or "search" or "contentinfo" or "complementary"
        || (element.LocalName is "label" or "legend" && element.Closest("form") is not null)
        || (!hasMain && element is { LocalName: "header", ParentElement.LocalName: "body" });
}
