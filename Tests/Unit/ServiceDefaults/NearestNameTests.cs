using Fleet.Contracts;
using Fleet.ServiceDefaults.Problems;

namespace Fleet.Tests.ServiceDefaults;

public sealed class NearestNameTests
{
    private static readonly string[] s_known = ["url", "affinity", "deadlineMs", "width", "height", "fullPage", "selector", "scale"];

    [Theory]
    [InlineData("fulPage", "fullPage")]
    [InlineData("full_page", "fullPage")]
    [InlineData("fullpgae", "fullPage")]
    [InlineData("deadline", "deadlineMs")]
    [InlineData("DEADLINEMS", "deadlineMs")]
    [InlineData("heigth", "height")]
    [InlineData("uri", "url")]
    [InlineData("y", null)]
    [InlineData("", null)]
    [InlineData("timeout", null)]
    [InlineData("viewportWidth", null)]
    public void Of_Name_IsTheOneThatItMostLikelyMeans(string name, string? nearest) => Assert.Equal(nearest, NearestName.Of(name, s_known));

    [Theory]
    [InlineData("fulPage", "'fulPage' is not a parameter of /screenshot; did you mean 'fullPage'?")]
    [InlineData("zoom", "'zoom' is not a parameter of /screenshot. Its parameters: url, affinity, deadlineMs, width, height, fullPage, selector, scale.")]
    public void Explain_UnknownName_NamesTheNearestOrAll(string name, string message) =>
        Assert.Equal(message, NearestName.Explain(name, "parameter", "/screenshot", s_known));

    [Fact]
    public void Explain_KindThatBeginsWithAVowel_HasItsArticle() =>
        Assert.Equal("'--prot' is not an option of fleet; did you mean '--port'?", NearestName.Explain("--prot", "option", "fleet", ["--port"]));

    [Fact]
    public void Explain_NothingIsKnown_SaysSo() => Assert.Equal("'url' is not a parameter of /renders, which has no parameters.", NearestName.Explain("url", "parameter", "/renders", []));

    [Fact]
    public void Of_VeryLongName_IsNoWorkAndNoSuggestion() => Assert.Null(NearestName.Of(new string('x', 1_000_000), s_known));

    [Theory]
    [InlineData("http://h/a", "url:1", "")]
    [InlineData("http://h/a", "URL:1 Width:1", "")]
    [InlineData("http://h/a", "url:1 heigth:1", "'heigth' is not a parameter of /r; did you mean 'height'?")]
    [InlineData("http://h/a?x=1", "url:1 y:1", "'y' is not a parameter of /r. Its parameters: url, affinity, deadlineMs, width, height, fullPage, selector, scale. If 'y' belongs to 'url', percent-encode the whole 'url': '?' as %3F, '&' as %26.")]
    [InlineData("http://h/a?x=1", "url:1 heigth:1", "'heigth' is not a parameter of /r; did you mean 'height'? If 'heigth' belongs to 'url', percent-encode the whole 'url': '?' as %3F, '&' as %26.")]
    [InlineData("http://h/a,b", "url:2", "'url' is given 2 times: once is allowed. Percent-encode a '&' that belongs to a value, as %26.")]
    public void Check_Query_NamesWhatIsUnknown(string url, string given, string message) => Assert.Equal(
        message,
        string.Join(' ', KnownParameters.Check(given.Split(' ').Select(pair => (pair.Split(':')[0], int.Parse(pair.Split(':')[1], null))), s_known, "/r", url).Select(error => error.Message)));
}
