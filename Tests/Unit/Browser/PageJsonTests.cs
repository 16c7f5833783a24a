using System.Text.Json;
using Fleet.PrerenderServer.Browser.Cdp;

namespace Fleet.Tests.Browser;

public sealed class PageJsonTests
{
    [Theory]
    [InlineData("""["plain"]""", "plain")]
    [InlineData("""["\ud83d"]""", "\ufffd")]
    [InlineData("""["a\ude00b"]""", "a\ufffdb")]
    [InlineData("""["\ud83d\ude00"]""", "\ud83d\ude00")]
    [InlineData("""["\ud83d\ud83d\ude00\ude00"]""", "\ufffd\ud83d\ude00\ufffd")]
    [InlineData("""["\ud83d\\ude00"]""", "\ufffd\\ude00")]
    [InlineData("""["\\ud83d"]""", "\\ud83d")]
    [InlineData("""["\\\ud83d"]""", "\\\ufffd")]
    [InlineData("""["\ud55c\uae00"]""", "\ud55c\uae00")]
    public void Mend_Escapes_OnlyLoneHalvesAreReplaced(string json, string expected)
    {
        using var read = JsonDocument.Parse(PageJson.Mend(json));
        Assert.Equal(expected, read.RootElement[0].GetString());
    }

    [Theory]
    [InlineData("""["\ud83""")]
    [InlineData("""["\ud""")]
    public void Mend_TextThatEndsInTheMiddle_IsUnchanged(string json) => Assert.Equal(json, PageJson.Mend(json));
}
