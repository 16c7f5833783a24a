using System.Text.RegularExpressions;

namespace Fleet.ServiceDefaults.Markdown;

/// <summary>Writes the parts of Markdown. Text of a page stays text: what would be markup is escaped.</summary>
internal static partial class MarkdownText
{
    /// <summary>A line break within a line; text has no control characters.</summary>
    public const string Break = "\u0001";

    /// <summary>A text with each run of white space as one space, and without control characters.</summary>
    public static string Squeeze(string text) => Spaces().Replace(Clean(text), " ");

    /// <summary>A text without control characters, except tabs and line breaks.</summary>
    public static string Clean(string text) => Controls().Replace(text, "");

    /// <summary>A text whose characters mean nothing in Markdown.</summary>
    public static string Escape(string text) => Special().Replace(text, "\\$0");

    /// <summary>The lines between <see cref="Break"/>s, without empty ones.</summary>
    public static string Lines(string text) => string.Join('\n', text.Split(Break).Select(static line => Spaces().Replace(line, " ").Trim()).Where(static line => line.Length > 0));

    /// <summary>Lines of which none begins a block, such as a heading or a list.</summary>
    public static string EscapeStarts(string lines) => LineStart().Replace(lines, "${number}\\${mark}");

    /// <summary>Lines with a prefix: one for the first, and one for all others.</summary>
    public static string Prefixed(string text, string first, string others) =>
        string.Join('\n', text.Split('\n').Select((line, at) => at == 0 ? first + line : line.Length == 0 ? others.TrimEnd() : others + line));

    /// <summary>A text between two marks, which touch it, as emphasis must.</summary>
    public static string Around(string mark, string text) => text.Trim() is { Length: > 0 } inner ? Apart(text, mark + inner + mark) : text;

    /// <summary>A link. The label must not be empty.</summary>
    public static string Link(string label, string target) => Apart(label, $"[{label.Trim().Replace(Break, " ", StringComparison.Ordinal)}]({target})");

    /// <summary>Code within a line.</summary>
    public static string Code(string text)
    {
        var code = Squeeze(text).Trim();
        var fence = new string('`', LongestRun(code) + 1);
        var pad = code.StartsWith('`') || code.EndsWith('`') ? " " : "";
        return code.Length == 0 ? "" : fence + pad + code + pad + fence;
    }

    /// <summary>A block of code.</summary>
    /// <param name="text">The code.</param>
    /// <param name="classes">Classes that may name its language, such as <c>language-cs</c>.</param>
    public static string Fenced(string text, string classes)
    {
        var code = Clean(text).Trim('\n');
        var fence = new string('`', Math.Max(3, LongestRun(code) + 1));
        var language = Language().Match(classes) is { Success: true } named ? named.Groups["name"].Value : "";
        return code.Length == 0 ? "" : $"{fence}{language}\n{code}\n{fence}";
    }

    // White space at the ends of the text stays outside.
    private static string Apart(string text, string marked) => $"{(char.IsWhiteSpace(text[0]) ? " " : "")}{marked}{(char.IsWhiteSpace(text[^1]) ? " " : "")}";

    private static int LongestRun(string code) => Backticks().Matches(code).Select(static run => run.Length).DefaultIfEmpty(0).Max();

    [GeneratedRegex(@"[\\`*_\[\]<>~]|&(?=#?\w+;)")]
    private static partial Regex Special();

    [GeneratedRegex(@"^(?<number>\d{0,9})(?<mark>[#+.)=-](?=[\s#=-]|$)|(?<=\d)[.)])", RegexOptions.Multiline)]
    private static partial Regex LineStart();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")]
    private static partial Regex Controls();

    [GeneratedRegex("`+")]
    private static partial Regex Backticks();

    [GeneratedRegex(@"\b(?:language|lang|highlight-source)-(?<name>[A-Za-z0-9+#-]{1,20})")]
    private static partial Regex Language();
}
