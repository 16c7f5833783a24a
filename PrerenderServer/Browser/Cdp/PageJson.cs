using System.Text;
using System.Text.Json;

namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>Repairs JSON that contains strings from a page. A JavaScript string may contain a lone surrogate, which JSON carries as an escape but .NET
/// cannot decode: reading it throws. Such escapes are replaced once, when the message is received.</summary>
internal static class PageJson
{
    /// <summary>Maximum depth at which Chromium writes values. A page can easily exceed the default of 64.</summary>
    public const int MaxDepth = 1_000;

    private const int EscapeLength = 6;

    /// <summary>Options for parsing messages that contain values from a page.</summary>
    public static JsonDocumentOptions Options { get; } = new() { MaxDepth = MaxDepth };

    /// <summary>Replaces each lone surrogate with U+FFFD, in place. Chromium and <c>JSON.stringify</c> write escapes in lower case.</summary>
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

    /// <summary>Returns the text with each lone surrogate replaced with U+FFFD; nearly always the same instance.</summary>
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

    /// <summary>Whether an exception means that a page's answer is malformed. A page may override the functions that write its answers.</summary>
    public static bool IsUnreadable(Exception error) => error is JsonException or InvalidOperationException or FormatException or KeyNotFoundException;

    private static bool IsHigh(byte third) => third is (byte)'8' or (byte)'9' or (byte)'a' or (byte)'b';

    /// <summary>Whether the backslash is itself escaped.</summary>
    private static bool IsEscaped(ReadOnlySpan<byte> json, int at) => (at - 1 - json[..at].LastIndexOfAnyExcept((byte)'\\')) % 2 == 1;
}
