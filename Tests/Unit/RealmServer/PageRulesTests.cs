using System.Net;
using Fleet.Contracts;
using Fleet.RealmServer.Caching;
using Fleet.RealmServer.Rendering;
using Fleet.RealmServer.Site;
using Fleet.ServiceDefaults.Security;
using Fleet.Tests.Time;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Fleet.Tests.RealmServer;

public sealed class PageRulesTests
{
    private static readonly DateTimeOffset s_now = DateTimeOffset.UnixEpoch.AddDays(1);

    // What is stored of a source of version 10 at generation 5, its age in minutes, crawler; then: stored sent, render.
    [Theory]
    [InlineData(null, 0L, 0, 0, false, false, "Queue")]
    [InlineData(null, 0L, 0, 0, true, false, "Await")]
    [InlineData("Content", 10L, 5, 0, false, true, "No")]
    [InlineData("Content", 10L, 5, 0, true, true, "No")]
    [InlineData("Content", 11L, 6, 0, true, true, "No")]
    [InlineData("Content", 9L, 5, 0, false, true, "Queue")]
    [InlineData("Content", null, 5, 0, false, true, "Queue")]
    [InlineData("Content", 10L, 4, 0, false, true, "Queue")]
    [InlineData("Content", 10L, 4, 0, true, true, "Queue")]
    [InlineData("Content", 10L, 5, 61, true, true, "Queue")]
    [InlineData("Redirect", 10L, 5, 0, false, true, "No")]
    [InlineData("Document", 10L, 5, 0, false, true, "No")]
    [InlineData("OldDocument", 10L, 4, 0, false, false, "Queue")]
    [InlineData("OldDocument", 10L, 4, 0, true, true, "Await")]
    public void Decision_Stored_IsSentAndRenderedAgainWhenOld(string? stored, long? version, long generation, int minutes, bool crawler, bool sent, string render)
    {
        var state = stored is null ? default(StoredState?) : new(Enum.Parse<ContentKind>(stored), version, generation, s_now - TimeSpan.FromMinutes(minutes));

        var decision = PageDecision.For(state, sourceVersion: 10, generation: 5, maxAge: TimeSpan.FromHours(1), cappedTtl: TimeSpan.FromMinutes(5), s_now, crawler);

        Assert.Equal((sent, render), (decision.UseStored, decision.Render.ToString()));
    }

    [Theory]
    [InlineData(true, 4, "No")]
    [InlineData(true, 6, "Queue")]
    [InlineData(false, 6, "No")]
    public void Decision_PageThatHadNotSettled_IsRenderedAgainSooner(bool capped, int minutes, string render)
    {
        var state = new StoredState(ContentKind.Document, 10, 5, s_now - TimeSpan.FromMinutes(minutes), capped);

        var decision = PageDecision.For(state, sourceVersion: 10, generation: 5, maxAge: null, cappedTtl: TimeSpan.FromMinutes(5), s_now, crawler: true);

        Assert.Equal((true, render), (decision.UseStored, decision.Render.ToString()));
    }

    [Theory]
    [InlineData("Auto", "Content", true)]
    [InlineData("Auto", "Document", false)]
    [InlineData("Auto", "Redirect", false)]
    [InlineData("Prerendered", "Content", true)]
    [InlineData("Prerendered", "Document", true)]
    [InlineData("Prerendered", "Redirect", true)]
    [InlineData("Shell", "Content", false)]
    [InlineData("Shell", "Redirect", false)]
    public void Visitors_StoredPage_IsSentIfTheAppTakesItOver(string setting, string kind, bool expected) =>
        Assert.Equal(expected, PageDecision.IsForVisitors(Enum.Parse<VisitorPages>(setting), Enum.Parse<ContentKind>(kind)));

    [Theory]
    [InlineData(5000, 4750.0)]
    [InlineData(1000, 950.0)]
    [InlineData(999, null)]
    [InlineData(-1, null)]
    public void Awaited_TimeLeft_IsTheDeadlineOfTheRenderUnlessTooShort(int leftMs, double? expected) =>
        Assert.Equal(expected, OnDemandRenders.AwaitedWithin(TimeSpan.FromMilliseconds(leftMs))?.TotalMilliseconds);

    [Fact]
    public void FirstRenders_OverTheNumberPerMinute_WaitForTheirShare()
    {
        var clock = new VirtualTimeProvider();
        var limiter = new FirstRenderLimiter(Options.Create(new PagesOptions { FirstRendersPerMinute = 3 }), clock);
        var (one, other) = (IPAddress.Parse("10.0.0.1"), IPAddress.Parse("::ffff:10.0.0.2"));

        Assert.All(Enumerable.Range(0, 3), _ => Assert.True(limiter.TryAdmit(one, out TimeSpan _)));
        Assert.Equal((false, TimeSpan.FromSeconds(20)), (limiter.TryAdmit(one, out var wait), wait));
        Assert.True(limiter.TryAdmit(other, out _));
        clock.Advance(TimeSpan.FromSeconds(20));
        Assert.True(limiter.TryAdmit(one, out _));
        Assert.False(limiter.TryAdmit(one, out _));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void FirstRenders_ClockIsSet_WaitAsLong(int hours)
    {
        var clock = new VirtualTimeProvider();
        var limiter = new FirstRenderLimiter(Options.Create(new PagesOptions { FirstRendersPerMinute = 1 }), clock);
        Assert.True(limiter.TryAdmit(IPAddress.Loopback, out _));

        clock.SetClock(TimeSpan.FromHours(hours));

        Assert.Equal((false, TimeSpan.FromMinutes(1)), (limiter.TryAdmit(IPAddress.Loopback, out var wait), wait));
    }

    [Theory]
    [InlineData("2001:db8::1", "2001:db8::2", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1", true)]
    [InlineData("10.0.0.1", "10.0.0.2", false)]
    public void Client_Address_IsItsNetwork(string one, string other, bool same) =>
        Assert.Equal(same, ClientAddress.KeyOf(IPAddress.Parse(one)) == ClientAddress.KeyOf(IPAddress.Parse(other)));

    [Theory]
    [InlineData(null, "Identity")]
    [InlineData("", "Identity")]
    [InlineData("gzip, deflate, br, zstd", "Brotli")]
    [InlineData("gzip, deflate, br", "Brotli")]
    [InlineData("br;q=0, gzip", "Gzip")]
    [InlineData("br;q=0.5, gzip;q=0.8", "Gzip")]
    [InlineData("gzip, deflate, br;q=0.1", "Gzip")]
    [InlineData("GZIP", "Gzip")]
    [InlineData("deflate", "Identity")]
    [InlineData("*", "Brotli")]
    [InlineData("identity, gzip;q=0.5", "Identity")]
    [InlineData("identity;q=1, *;q=0", "Identity")]
    [InlineData(";;;", "Identity")]
    public void Coding_AcceptEncoding_IsTheBestThatIsTaken(string? header, string expected) =>
        Assert.Equal(expected, ContentCodings.For(header).ToString());

    [Theory]
    [InlineData("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", true)]
    [InlineData("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0) Chrome/116.0 Safari/537.36", true)]
    [InlineData("facebookexternalhit/1.1", true)]
    [InlineData("Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)", true)]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36", false)]
    [InlineData("curl/8.5.0", false)]
    [InlineData("", false)]
    public void Crawlers_UserAgent_IsKnownByAWord(string agent, bool expected)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers.UserAgent = agent;

        Assert.Equal(expected, new Crawlers(Options.Create(new PagesOptions())).IsCrawler(http.Request));
    }

    [Theory]
    [InlineData("HouseBot/1.0", true)]
    [InlineData("Googlebot/2.1", true)]
    [InlineData("curl/8.5.0", false)]
    public void Crawlers_MoreWords_AreAddedToTheKnownOnes(string agent, bool expected)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers.UserAgent = agent;

        Assert.Equal(expected, new Crawlers(Options.Create(new PagesOptions { MoreCrawlers = ["housebot"] })).IsCrawler(http.Request));
    }

    [Fact]
    public void Crawlers_PrerenderHeader_IsACrawler()
    {
        var http = new DefaultHttpContext();
        http.Request.Headers[KnownCrawlers.Header] = "1";

        Assert.True(new Crawlers(Options.Create(new PagesOptions())).IsCrawler(http.Request));
    }

    [Theory]
    [InlineData("/", "/")]
    [InlineData("/about", "/about")]
    [InlineData("/about/", "/about/")]
    [InlineData("/a%20b/%C3%A9", "/a%20b/%C3%A9")]
    [InlineData("/a%2Fb", "/a%2Fb")]
    [InlineData("/a%2fb", "/a%2fb")]
    [InlineData("/a%252Fb", "/a%252Fb")]
    [InlineData("/c++", "/c++")]
    [InlineData("/a+b?q=a+b&r=a%2Bb", "/a+b?q=a+b&r=a%2Bb")]
    [InlineData("/package/lodash.debounce", "/package/lodash.debounce")]
    [InlineData("//double//slash", "//double//slash")]
    [InlineData("/a/./b/../c", "/a/c")]
    [InlineData("/a/%2e%2E/b", "/b")]
    [InlineData("/../../a", "/a")]
    [InlineData("/a/..", "/")]
    [InlineData("/a/b/.", "/a/b/")]
    [InlineData("/.well-known/x", "/.well-known/x")]
    [InlineData("/...", "/...")]
    [InlineData("/a<b>\"c\\d|e^f`g{h}", "/a%3Cb%3E%22c%5Cd%7Ce%5Ef%60g%7Bh%7D")]
    [InlineData("/100%", "/100%25")]
    [InlineData("/é", "/%C3%A9")]
    [InlineData("http://host:81/list?page=2", "/list?page=2")]
    [InlineData("http://host", "/")]
    [InlineData("http://host?page=2", "/?page=2")]
    [InlineData("/list?sort=b&page=2", "/list?sort=b&page=2")]
    [InlineData("/list?page=2&utm_source=mail&page=3", "/list?page=2&page=3")]
    [InlineData("/list?gclid=x", "/list")]
    [InlineData("/list?UTM_source=x", "/list?UTM_source=x")]
    [InlineData("/list?utm%5Fsource=x", "/list")]
    [InlineData("/list?", "/list")]
    [InlineData("/list?a?b=/c", "/list?a?b=/c")]
    [InlineData("/list?ref=main", "/list?ref=main")]
    public void Address_Target_IsKeptByteForByteExceptDotSegmentsAndTracking(string target, string expected) =>
        Assert.Equal(expected, new PageAddress(Options.Create(new PagesOptions())).Of(target));

    [Fact]
    public void Address_ConfiguredParameters_AreTheOnlyOnesIgnored() =>
        Assert.Equal("/list?gclid=1", new PageAddress(Options.Create(new PagesOptions { QueryIgnored = ["session", "x_*"] })).Of("/list?gclid=1&session=2&x_y=3"));

    private const string Browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

    // Accept, Sec-Fetch-Mode, Sec-Fetch-Dest, crawler, extension, looks like a file; then: page.
    [Theory]
    [InlineData(Browser, null, null, false, true, true, true)]
    [InlineData(Browser, "navigate", "document", false, true, false, true)]
    [InlineData("*/*", "navigate", "document", false, true, true, true)]
    [InlineData("*/*", "navigate", "iframe", false, true, false, true)]
    [InlineData("text/html", null, null, true, true, true, true)]
    [InlineData("text/*", null, null, false, true, false, true)]
    [InlineData("*/*", "no-cors", "script", true, true, true, false)]
    [InlineData(Browser, "no-cors", "image", false, true, true, false)]
    [InlineData("text/css,*/*;q=0.1", "no-cors", "style", false, true, true, false)]
    [InlineData("*/*", "cors", "empty", false, true, true, false)]
    [InlineData("*/*", "cors", "empty", false, false, false, true)]
    [InlineData("text/html", "cors", "empty", false, true, false, true)]
    [InlineData("image/avif,image/webp,*/*;q=0.8", null, null, true, false, false, false)]
    [InlineData("text/html;q=0", null, null, false, false, false, false)]
    [InlineData(null, null, null, false, false, false, true)]
    [InlineData(null, null, null, false, true, false, false)]
    [InlineData("*/*", null, null, false, true, true, false)]
    [InlineData("*/*", null, null, true, true, false, true)]
    [InlineData("*/*", null, null, true, true, true, false)]
    [InlineData("nonsense", null, null, true, true, false, true)]
    public void Navigation_Request_IsAPageUnlessItIsForAFile(string? accept, string? mode, string? destination, bool crawler, bool extension, bool file, bool page) =>
        Assert.Equal(page, Navigation.IsPage(new(accept, mode, destination, crawler), new(extension, file)));

    [Fact]
    public void Cache_OverItsBound_EvictsTheLeastRecentlyUsed()
    {
        var cache = new BoundedCache<string>(10_000, static _ => 700);
        foreach (var key in Enumerable.Range(0, 9))
        {
            cache.Set($"{key}", "x");
        }

        Assert.True(cache.TryGet("0", out _));
        cache.Set("9", "x");
        Assert.True(cache.TryGet("0", out _));
        cache.Set("10", "x");

        Assert.True(cache.TryGet("0", out _));
        Assert.True(cache.TryGet("10", out _));
        Assert.False(cache.TryGet("1", out _));
    }

    [Fact]
    public void Body_InEachCoding_IsSmallerAndHasItsOwnTag()
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("<p>Hydrogen is an element.</p>", 100)));
        var body = new EncodedBody(bytes, "t");

        var forms = Enum.GetValues<ContentCoding>().Select(body.In).ToList();

        Assert.Equal(["\"t\"", "\"t-gzip\"", "\"t-br\""], forms.Select(form => form.ETag));
        Assert.Equal([null, "gzip", "br"], forms.Select(form => form.Coding));
        Assert.All(forms.Skip(1), form => Assert.True(form.Bytes.Length < bytes.Length / 4, $"{form.Coding}: {form.Bytes.Length} of {bytes.Length}"));
    }

    [Fact]
    public void Body_TooSmallToCompress_IsSentUnchanged()
    {
        var body = new EncodedBody([1, 2, 3], "t");

        Assert.Same(body.In(ContentCoding.Identity), body.In(ContentCoding.Brotli));
    }
}
