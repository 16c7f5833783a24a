using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Pages;

namespace Fleet.Tests.Browser;

public sealed class PageSetupTests
{
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
