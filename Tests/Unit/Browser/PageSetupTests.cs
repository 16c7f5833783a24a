using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Pages;

namespace Fleet.Tests.Browser;

public sealed class PageSetupTests
{
    [Theory]
    [InlineData("http://h/a", "http://h/a", true)]
    [InlineData("http://h/a", "http://h/ab", false)]
    [InlineData("*", "", true)]
    [InlineData("*.png", "http://h/a.png", true)]
    [InlineData("*.png", "http://h/a.png?x", false)]
    [InlineData("*/ads/*", "http://h/ads/a.js", true)]
    [InlineData("*/ads/*", "http://h/heads/a.js", false)]
    [InlineData("*a*b*a", "xaxbxaxba", true)]
    [InlineData("*?x=1", "http://h/?x=1", true)]
    [InlineData("*?x=1", "http://h/-x=1", false)]
    [InlineData("http://h/A", "http://h/a", false)]
    public void Matches_PatternAndUrl_IsAnyTextForTheStarOnly(string pattern, string url, bool matches) => Assert.Equal(matches, PageSetup.Matches(pattern, url));

    [Fact]
    public void Matches_PatternOfManyStars_IsNoWork() => Assert.False(PageSetup.Matches(string.Concat(Enumerable.Repeat("*a", 200)) + "b", new string('a', 2_000)));

    [Fact]
    public void Of_NoOption_IsNull() => Assert.Null(PageSetup.Of(new RenderRequest { Url = "http://h/" }));

    [Fact]
    public void Of_Device_HasItsViewportUnlessTheRequestNamesAnother()
    {
        Assert.Equal(new PageViewport(393, 852, 3, true), PageSetup.Of(new RenderRequest { Url = "http://h/", Device = "iphone-15" })!.Viewport);
        Assert.Equal(new PageViewport(500, 852, 2, true), PageSetup.Of(new ScreenshotRequest { Url = "http://h/", Device = "iphone-15", Width = 500, Scale = 2 })!.Viewport);
        Assert.Equal("Mine", PageSetup.Of(new RenderRequest { Url = "http://h/", Device = "iphone-15", UserAgent = "Mine" })!.UserAgent);
    }

    [Fact]
    public void Of_EveryTypeOfResource_IsNamedAsTheProtocolDoes() => Assert.Equal(
        ["Image", "Media", "Font", "Stylesheet", "Script", "XHR", "Fetch", "EventSource", "TextTrack", "Manifest", "Ping", "Other"],
        PageSetup.Of(new RenderRequest { Url = "http://h/", BlockResources = PageRequestRules.ResourceTypes })!.BlockedTypes);
}
