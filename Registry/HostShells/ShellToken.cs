using System.Diagnostics.CodeAnalysis;

namespace Fleet.Registry.HostShells;

/// <summary>Validates shell tokens: 1 to 64 visible ASCII characters. White space around a token is trimmed: a token from a file or a deploy hook often ends with
/// a line break, which would make it a different token and replace every page.</summary>
public static class ShellToken
{
    /// <summary>Maximum length of a token, in characters.</summary>
    public const int MaxLength = 64;

    /// <summary>Trims <paramref name="text"/>. False when the result is not a valid token.</summary>
    public static bool TryNormalize(string? text, [NotNullWhen(true)] out string? token)
    {
        token = text?.Trim();
        if (token is { Length: >= 1 and <= MaxLength } && token.All(c => c is > ' ' and <= '~'))
        {
            return true;
        }

        token = null;
        return false;
    }

    /// <summary>Trims <paramref name="token"/>.</summary>
    /// <exception cref="ArgumentException">The result is not a valid token.</exception>
    public static string Normalize(string? token) => TryNormalize(token, out var normalized)
        ? normalized
        : throw new ArgumentException(
            $"A shell token is 1 to {MaxLength} visible ASCII characters; this one is {Describe(token)}.", nameof(token));

    // The token may contain line breaks and must not reach a log; its length and first invalid character are enough.
    private static string Describe(string? text)
    {
        var token = text?.Trim() ?? "";
        var bad = token.FirstOrDefault(c => c is <= ' ' or > '~');
        return bad != default ? $"{token.Length} characters long and contains U+{(int)bad:X4}"
            : token.Length == 0 ? "blank"
            : $"{token.Length} characters long";
    }
}
