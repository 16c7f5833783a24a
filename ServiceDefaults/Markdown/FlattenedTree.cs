using AngleSharp.Dom;

namespace Fleet.ServiceDefaults.Markdown;

/// <summary>The tree of a document as a browser shows it: a shadow root stands in place of the children of its host, which are where its slots are. Elements that are hidden are not in it.
/// The parser makes declarative shadow roots real ones.</summary>
internal sealed class FlattenedTree
{
    private readonly HashSet<IElement> _hosts = [];
    private readonly Dictionary<IElement, List<INode>> _assigned = [];

    /// <summary>The children of a node. A slot has no place of its own: what is assigned to it is there, or else its content.</summary>
    public IEnumerable<INode> ChildrenOf(INode parent)
    {
        if (parent is not IElement { ShadowRoot: { } shadow } host)
        {
            return Shown(parent.ChildNodes);
        }

        if (_hosts.Add(host))
        {
            Assign(host, shadow);
        }

        return Shown(shadow.ChildNodes);
    }

    /// <summary>The elements below a node, in their order; its children have the depth 1.</summary>
    public IEnumerable<(IElement Element, int Depth)> ElementsBelow(INode root)
    {
        var open = new Stack<IEnumerator<INode>>([ChildrenOf(root).GetEnumerator()]);
        while (open.TryPeek(out var nodes))
        {
            if (!nodes.MoveNext())
            {
                open.Pop();
            }
            else if (nodes.Current is IElement element)
            {
                yield return (element, open.Count);
                open.Push(ChildrenOf(element).GetEnumerator());
            }
        }
    }

    private IEnumerable<INode> Shown(IEnumerable<INode> nodes)
    {
        foreach (var node in nodes)
        {
            if (node is not IElement element)
            {
                yield return node;
            }
            else if (IsHidden(element))
            {
                continue;
            }
            else if (element.LocalName != "slot")
            {
                yield return element;
            }
            else
            {
                foreach (var inner in Shown(_assigned.GetValueOrDefault(element) is { Count: > 0 } assigned ? assigned : element.ChildNodes))
                {
                    yield return inner;
                }
            }
        }
    }

    // The first slot of a name takes the children. A host comes before its slots in every walk.
    private void Assign(IElement host, IShadowRoot shadow)
    {
        var slots = new Dictionary<string, List<INode>>(StringComparer.Ordinal);
        foreach (var slot in shadow.QuerySelectorAll("slot"))
        {
            var nodes = new List<INode>();
            if (slots.TryAdd(slot.GetAttribute("name") ?? "", nodes))
            {
                _assigned.Add(slot, nodes);
            }
        }

        foreach (var child in host.ChildNodes)
        {
            if (child is IText or IElement && slots.TryGetValue((child as IElement)?.GetAttribute("slot") ?? "", out var nodes))
            {
                nodes.Add(child);
            }
        }
    }

    // The parser reads the content of noscript, which a browser shows only without scripts.
    private static bool IsHidden(IElement element) => element.LocalName == "noscript" || element.HasAttribute("hidden") || (element.GetAttribute("style") is { } style && IsHiddenBy(style));

    // The last declaration of a property counts.
    private static bool IsHiddenBy(string style) => IsLast(style, "display", "none") || IsLast(style, "visibility", "hidden");

    private static bool IsLast(string style, string property, string value)
    {
        var isValue = false;
        if (style.Contains(value, StringComparison.OrdinalIgnoreCase))
        {
            foreach (var range in style.AsSpan().Split(';'))
            {
                var declaration = style.AsSpan(range);
                if (declaration.IndexOf(':') is > 0 and var colon && declaration[..colon].Trim().Equals(property, StringComparison.OrdinalIgnoreCase))
                {
                    var given = declaration[(colon + 1)..];
                    isValue = (given.IndexOf('!') is >= 0 and var end ? given[..end] : given).Trim().Equals(value, StringComparison.OrdinalIgnoreCase);
                }
            }
        }

        return isValue;
    }
}
