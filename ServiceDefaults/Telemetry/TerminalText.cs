using System.Globalization;
using System.Text;

namespace Fleet.ServiceDefaults.Telemetry;

/// <summary>Escapes text for a terminal. Pages choose their titles, messages and URLs, and a control character in them could rewrite what an operator reads or types.</summary>
public static class TerminalText
{
    /// <summary>Replaces control characters (C0 except tab, DEL, C1), line and paragraph separators and characters that change the direction of the text with their code,
    /// <c>\u001b</c>. Line feeds too: a line of output is one line.</summary>
    public static string Escape(string text)
    {
        if (!text.Any(IsUnsafe))
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length + 20);
        foreach (var c in text)
        {
            if (IsUnsafe(c))
            {
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
            else
            {
                escaped.Append(c);
            }
        }

        return escaped.ToString();
    }

    /// <summary>Escapes each line of a text and keeps its line ends, for stacks. The further lines are indented, so that none looks like a line of the program.</summary>
    public static string EscapeLines(string text, string indent) => string.Join(Environment.NewLine + indent, text.ReplaceLineEndings("\n").Split('\n').Select(Escape));

    private static bool IsUnsafe(char c) => (char.IsControl(c) && c != '\t')
        || c is '\u2028' or '\u2029' or '\u061c' or '\u200e' or '\u200f' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
