using Fleet.Contracts;
using Fleet.RealmServer.Site.Operations;

namespace Fleet.Tests.RealmServer;

public sealed class PageSelectionTests
{
    [Theory]
    [InlineData(false, "urls prefix", "Exactly one of urls, prefix, pattern must be given; the body has urls and prefix.")]
    [InlineData(false, "", "Exactly one of urls, prefix, pattern must be given; the body has none.")]
    [InlineData(false, "sitemap", "'sitemap' does not apply to this route: give one of urls, prefix, pattern.")]
    [InlineData(true, "pattern", "'pattern' does not apply to this route: give one of urls, sitemap.")]
    [InlineData(true, "sitemap", null)]
    [InlineData(false, "pattern", null)]
    public void Check_Members_ExactlyOneOfThoseOfTheRoute(bool sitemap, string given, string? error)
    {
        var request = new PagesRequest
        {
            Urls = given.Contains("urls", StringComparison.Ordinal) ? ["/a"] : null,
            Prefix = given.Contains("prefix", StringComparison.Ordinal) ? "/" : null,
            Pattern = given.Contains("pattern", StringComparison.Ordinal) ? "/*" : null,
            Sitemap = given.Contains("sitemap", StringComparison.Ordinal) ? "/sitemap.xml" : null,
        };

        Assert.Equal(error, PageSelection.Check(request, sitemap).SingleOrDefault()?.Message);
    }

    [Theory]
    [InlineData(0, "'urls' has 0 URLs: it must have 1 to 1000.")]
    [InlineData(1_001, "'urls' has 1001 URLs: it must have 1 to 1000.")]
    [InlineData(1_000, null)]
    public void Check_NumberOfUrls_IsBounded(int count, string? error) =>
        Assert.Equal(error, PageSelection.Check(new() { Urls = [.. Enumerable.Repeat("/a", count)] }, sitemap: false).SingleOrDefault()?.Message);

    [Fact]
    public void Page_Cursor_ReturnsEveryItemOnce()
    {
        string[] urls = ["a", "b", "c", "d", "e"];
        List<string> visited = [];
        string? after = null;
        do
        {
            (var items, after) = PageSelection.Page(urls, url => url, after, 2);
            visited.AddRange(items);
        }
        while (after is not null);

        Assert.Equal(urls, visited);
    }

    [Fact]
    public void Page_RenditionsOfOneUrl_AreNotSeparated()
    {
        string[] urls = ["a", "a", "b", "b", "c", "c"];
        var (first, after) = PageSelection.Page(urls, url => url, null, 3);
        Assert.Equal(["a", "a", "b", "b"], first);
        Assert.Equal("b", after);
        var (second, end) = PageSelection.Page(urls, url => url, after, 3);
        Assert.Equal(["c", "c"], second);
        Assert.Null(end);
    }
}
