using System.Text;
using AngleSharp.Dom;

namespace Fleet.ServiceDefaults.Markdown;

/// <summary>The text of a block of code, as highlighters mark it up.</summary>
internal static class CodeText
{
    /// <summary>The lines of an element.</summary>
    public static string Of(IElement element, ContentTree content)
    {
        var code = new StringBuilder();
        Append(code, element, content);
        return code.ToString();
    }

    /// <summary>Whether a row of a table is a number and a line of code, or all numbers and all lines.</summary>
    public static bool IsNumbered(List<IElement> row) =>
        row.Count > 1 && IsNumbers(row[0]) && (row[^1].QuerySelector("pre") is not null || row.Exists(static cell => cell.HasAttribute("data-line-number")));

    // Lines are lines of the text, or blocks, or rows of a table behind their numbers.
    private static void Append(StringBuilder code, INode parent, ContentTree content)
    {
        void EndLine()
        {
            if (code.Length > 0 && code[^1] != '\n')
            {
                code.Append('\n');
            }
        }

        var children = content.ChildrenOf(parent).Where(static node => node is IText or IElement).ToList();
        for (var at = 0; at < children.Count; at++)
        {
            if (children[at] is IText text)
            {
                code.Append(text.Data);
            }
            else if (children[at] is IElement { LocalName: "br" })
            {
                code.Append('\n');
            }
            else if (children[at] is IElement { LocalName: "td" or "th" } cell)
            {
                if (at == children.Count - 1 || !IsNumbers(cell))
                {
                    Append(code, cell, content);
                }
            }
            else if (children[at] is IElement element)
            {
                var isBlock = ContentTree.IsBlock(element);
                if (isBlock)
                {
                    EndLine();
                }

                Append(code, element, content);
                if (isBlock)
                {
                    EndLine();
                }
            }
        }
    }

    private static bool IsNumbers(IElement cell) => cell.TextContent.All(static letter => char.IsWhiteSpace(letter) || char.IsAsciiDigit(letter));
}
