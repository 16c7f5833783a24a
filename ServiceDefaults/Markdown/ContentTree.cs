using AngleSharp.Dom;

namespace Fleet.ServiceDefaults.Markdown;

/// <summary>What of a document is content: what is shown, without navigation, controls and media.</summary>
/// <param name="tree">The document.</param>
/// <param name="hasMain">Whether only its main content is read.</param>
internal sealed class ContentTree(FlattenedTree tree, bool hasMain)
{
    private static readonly HashSet<string> s_left = new(
        ["head", "script", "style", "noscript", "nav", "aside", "footer", "form", "button", "input", "select", "textarea", "iframe", "object", "embed", "canvas", "svg", "audio", "video", "dialog", "template"],
        StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> s_inline = new(
        ["a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "data", "del", "dfn", "em", "i", "img", "ins", "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr", "strike", "tt", "font"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>The children of a node.</summary>
    public IEnumerable<INode> ChildrenOf(INode parent) => tree.ChildrenOf(parent).Where(node => node is not IElement element || !IsLeftOut(element));

    /// <summary>The elements among the children of a node.</summary>
    public IEnumerable<IElement> ElementsIn(INode parent) => ChildrenOf(parent).OfType<IElement>();

    /// <summary>Whether an element is part of a line.</summary>
    public static bool IsInline(IElement element) => s_inline.Contains(element.LocalName) && (element.LocalName is not "a" and not "span" and not "label" and not "ins" and not "del"
        || element.Children.All(IsInline));

    // Outside of the main content, the header of the page is navigation too.
    private bool IsLeftOut(IElement element) => s_left.Contains(element.LocalName)
        || element.GetAttribute("aria-hidden") == "true" || element.GetAttribute("role") is "navigation" or "search" or "contentinfo" or "complementary"
        || (!hasMain && element is { LocalName: "header", ParentElement.LocalName: "body" });
}
