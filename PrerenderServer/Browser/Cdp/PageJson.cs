using System.Text;
using System.Text.Json;

namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>JSON that a page had a hand in. A JavaScript string may hold half of a surrogate pair, which JSON carries as an escape but no .NET
/// string can: whoever reads such a text throws. So it is mended where it comes in, once for all who read it.</summary>
internal static class PageJson
{
    /// <summary>As deep as Chromium writes values; the default of 64 is a page's to exceed.</summary>
    public const int MaxDepth = 1_000;

    private const int EscapeLength = 6;

    /// <summary>Options for parsing messages that contain it.</summary>
    public static JsonDocumentOptions Options { get; } = new() { MaxDepth = MaxDepth };

    /// <summary>Makes each lone surrogate U+FFFD, in place. Chromium and <c>JSON.stringify</c> write escapes in lower case.</summary>
    public static void Mend(Span<byte> json)
    {
        var from = 0;
        while (json[from..].IndexOf("\\ud"u8) is >= 0 and var found)
        {
            var at = from + found;
            from = at + 1;
            if (json.Length - at < EscapeLength || json[at + 3] < (byte)'8' || IsEscaped(json, at))
            {
                continue;
            }

            var isPair = IsHigh(json[at + 3]) && json[(at + EscapeLength)..] is [(byte)'\\', (byte)'u', (byte)'d', >= (byte)'c' and <= (byte)'f', ..];
            from = at + (isPair ? 2 : 1) * EscapeLength;
            if (!isPair)
            {
                "\\ufffd"u8.CopyTo(json[at..]);
            }
        }
    }

    /// <summary>The text with each lone surrogate made U+FFFD; the text itself where there is none, which is nearly always.</summary>
    public static string Mend(string json)
    {
        if (!json.Contains("\\ud", StringComparison.Ordinal))
        {
            return json;
        }

        var bytes = Encoding.UTF8.GetBytes(json);
        Mend(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Whether reading an answer failed because of what the page made of it: a page may override what its answers are written with.</summary>
    public static bool IsUnreadable(Exception error) => error is JsonException or InvalidOperationException or FormatException or KeyNotFoundException;

    private static bool IsHigh(byte third) => third is (byte)'8' or (byte)'9' or (byte)'a' or (byte)'b';

    /// <summary>Whether the backslash is itself the second half of one.</summary>
    private static bool IsEscaped(ReadOnlySpan<byte> json, int at) => (at - 1 - json[..at].LastIndexOfAnyExcept((byte)'\\')) % 2 == 1;
}
