using Fleet.ServiceDefaults.Telemetry;

namespace Fleet.Tests.Telemetry;

public sealed class TerminalTextTests
{
    [Theory]
    [InlineData("plain text, Ünïcode \t and emoji \U0001F600", "plain text, Ünïcode \t and emoji \U0001F600")]
    [InlineData("\u001b[2J\u001b]0;owned\u0007", "\\u001b[2J\\u001b]0;owned\\u0007")]
    [InlineData("a\r\nb\u0000\u007f\u009b31m", "a\\u000d\\u000ab\\u0000\\u007f\\u009b31m")]
    [InlineData("user\u202egnp.exe\u2066\u2028", "user\\u202egnp.exe\\u2066\\u2028")]
    public void Escape_ControlAndDirectionCharacters_AreShownByTheirCode(string text, string escaped) => Assert.Equal(escaped, TerminalText.Escape(text));

    [Fact]
    public void EscapeLines_Stack_KeepsItsLines() =>
        Assert.Equal($"a\\u001b{Environment.NewLine}>  b", TerminalText.EscapeLines("a\u001b\n  b", ">"));
}
