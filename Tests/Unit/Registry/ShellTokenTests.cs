using Fleet.Registry.HostShells;

namespace Fleet.Tests.Registry;

public sealed class ShellTokenTests
{
    public static TheoryData<string, string> Tokens => new()
    {
        { "d41d8cd98f00b204e9800998ecf8427e", "d41d8cd98f00b204e9800998ecf8427e" },
        { "v1", "v1" },
        { "  v1\t", "v1" },
        { "v1\r\n", "v1" },
        { "!~", "!~" },
        { new string('a', 64), new string('a', 64) },
        { " " + new string('a', 64) + " ", new string('a', 64) },
    };

    public static TheoryData<string> NoTokens => ["", " ", "\r\n", "a b", "a\tb", "a\nb", "a\r\nX-Evil: 1", "é", "a\u200b", "\u007f", "\0", new string('a', 65)];

    [Theory]
    [MemberData(nameof(Tokens))]
    public void TryNormalize_Token_IsTrimmed(string text, string expected)
    {
        Assert.True(ShellToken.TryNormalize(text, out var token));
        Assert.Equal(expected, token);
    }

    [Theory]
    [InlineData(null)]
    [MemberData(nameof(NoTokens))]
    public void TryNormalize_NoToken_IsFalse(string? text)
    {
        Assert.False(ShellToken.TryNormalize(text, out var token));
        Assert.Null(token);
    }

    [Theory]
    [InlineData(" ", "blank")]
    [InlineData("a\nb", "3 characters long and contains U+000A")]
    [InlineData("65 times", "8 characters long and contains U+0020")]
    public void Normalize_InvalidToken_SaysWhatIsWrongWithoutRepeatingIt(string text, string expected)
    {
        var exception = Assert.Throws<ArgumentException>(() => ShellToken.Normalize(text));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }
}
