using Fleet.Contracts;
using Fleet.RealmServer.Rendering;

namespace Fleet.Tests.Contracts;

public sealed class RenditionRulesTests
{
    private const string Phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
    private const string Computer = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

    [Theory]
    [InlineData("Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", Rendition.Mobile)]
    [InlineData("Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", Rendition.Mobile)]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 8_1 like Mac OS X) AppleWebKit/600.1.4 (KHTML, like Gecko) Version/8.0 Mobile/12B411 Safari/600.1.4 (compatible; YandexMobileBot/3.0; +http://yandex.com/bots)", Rendition.Mobile)]
    [InlineData(Phone, Rendition.Mobile)]
    [InlineData("Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", Rendition.Mobile)]
    [InlineData("Opera/9.80 (J2ME/MIDP; Opera Mini/7.1.32052/29.3709; U; en) Presto/2.8.119 Version/11.10", Rendition.Mobile)]
    [InlineData("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", Rendition.Desktop)]
    [InlineData("Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1", Rendition.Desktop)]
    [InlineData("Mozilla/5.0 (Linux; Android 14; SM-X910) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36", Rendition.Desktop)]
    [InlineData("automobile-reader/1.0", Rendition.Desktop)]
    [InlineData(Computer, Rendition.Desktop)]
    [InlineData("", Rendition.Desktop)]
    [InlineData(null, Rendition.Desktop)]
    public void For_UserAgent_PhonesGetTheMobileRendition(string? userAgent, Rendition rendition) => Assert.Equal(rendition, RenditionRules.For(userAgent));

    [Fact]
    public void For_DevicePresets_AgreeWithTheirNames()
    {
        Assert.Equal(Rendition.Mobile, RenditionRules.For(DevicePreset.Find(RenditionRules.DeviceOf(Rendition.Mobile))!.UserAgent));
        Assert.Equal(Rendition.Desktop, RenditionRules.For(DevicePreset.Find("tablet")!.UserAgent));
    }

    [Theory]
    [InlineData(Phone, true, VisitorPages.Auto, Rendition.Mobile)]
    [InlineData(Phone, true, VisitorPages.Shell, Rendition.Mobile)]
    [InlineData(Phone, false, VisitorPages.Prerendered, Rendition.Mobile)]
    [InlineData(Phone, false, VisitorPages.Auto, Rendition.Desktop)]
    [InlineData(Phone, false, VisitorPages.Shell, Rendition.Desktop)]
    [InlineData(Computer, true, VisitorPages.Auto, Rendition.Desktop)]
    [InlineData(Computer, false, VisitorPages.Prerendered, Rendition.Desktop)]
    internal void Choose_Client_VisitorsGetDocumentsOnlyIfTheyAreForThem(string userAgent, bool isCrawler, VisitorPages visitors, Rendition rendition) =>
        Assert.Equal(rendition, PageRenditions.Choose(userAgent, isCrawler, visitors));

    [Theory]
    [InlineData(null, null, Rendition.Desktop)]
    [InlineData("mobile", null, Rendition.Mobile)]
    [InlineData("Mobile", null, Rendition.Mobile)]
    [InlineData("iphone-15", null, null)]
    [InlineData("mobile", "de-DE", null)]
    [InlineData(null, "de-DE", null)]
    public void RenditionOf_Options_OnlyThoseThatARenditionIsRenderedWith(string? device, string? locale, Rendition? rendition) =>
        Assert.Equal(rendition, PageRequestRules.RenditionOf(new RenderRequest { Url = "http://h/", Device = device, Locale = locale }));
}
