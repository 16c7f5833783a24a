using System.Diagnostics.CodeAnalysis;

namespace Fleet.Registry.HostShells;

/// <summary>What may be a shell token: 1 to 64 visible ASCII characters. A token from a file or a deploy hook often brings a line
/// break along; taken as part of it, it would recycle the fleet for nothing.</summary>
public static class ShellToken
{
    /// <summary>Longest token, in characters.</summary>
    public const int MaxLength = 64;

    /// <summary>Trims <paramref name="text"/>; false when what is left is no token.</summary>
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
    /// <exception cref="ArgumentException">What is left is no token.</exception>
    public static string Normalize(string? token) => TryNormalize(token, out var normalized)
        ? normalized
        : throw new ArgumentException(
            $"A shell token is 1 to {MaxLength} visible ASCII characters; this one is {Describe(token)}.", nameof(token));

    // The token itself may hold line breaks and must not reach a log; its length and its first bad character say enough.
    private static string Describe(string? text)
    {
        var token = text?.Trim() ?? "";
        var bad = token.FirstOrDefault(c => c is <= ' ' or > '~');
        return bad != default ? $"{token.Length} characters long and holds U+{(int)bad:X4}"
            : token.Length == 0 ? "blank"
            : $"{token.Length} characters long";
    }
}
