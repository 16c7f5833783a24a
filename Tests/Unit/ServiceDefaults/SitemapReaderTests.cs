using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Fleet.ServiceDefaults.Problems;
using Fleet.ServiceDefaults.Sitemaps;

namespace Fleet.Tests.ServiceDefaults;

public sealed class SitemapReaderTests
{
    private const string Set = "<urlset><url><loc>http://h/a</loc></url><url><loc>http://h/b</loc></url></urlset>";

    [Theory]
    [InlineData("http://h/a\nhttp://h/b")]
    [InlineData("\ufeffhttp://h/a\r\n\r\n  http://h/b  \r\n")]
    [InlineData("\n\nhttp://h/a\rhttp://h/b\n")]
    [InlineData(Set)]
    [InlineData("\n<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + Set)]
    [InlineData("\ufeff \t\r\n<?xml version=\"1.0\"?>" + Set)]
    [InlineData("\ufeff<?xml version=\"1.0\"?>" + Set)]
    public async Task ReadAsync_XmlOrText_HasTheUrlsInTheirOrder(string file) => Assert.Equal(["http://h/a", "http://h/b"], await ReadAsync(Encoding.UTF8.GetBytes(file)));

    [Fact]
    public async Task ReadAsync_TextUrl_IsUtf8() => Assert.Equal(["http://h/é?a=1&b=2"], await ReadAsync(Encoding.UTF8.GetBytes("http://h/é?a=1&b=2")));

    [Fact]
    public async Task ReadAsync_Utf16_IsXml() => Assert.Equal(2, (await ReadAsync([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("<?xml version=\"1.0\" encoding=\"utf-16\"?>" + Set)])).Count);

    [Theory]
    [InlineData("", "is not a sitemap: Root element is missing")]
    [InlineData(" \n", "is not a sitemap: Root element is missing")]
    [InlineData("not found", "is not a sitemap: its line 1 is neither XML nor an http or https URL")]
    [InlineData("http://h/a\n\n/b", "is not a sitemap: its line 3 is neither XML nor an http or https URL")]
    [InlineData("http://h/a\njavascript:x", "is not a sitemap: its line 2")]
    [InlineData("{\"urls\": []}", "is not a sitemap: its line 1")]
    [InlineData("\n<html></html>", "is not a sitemap: its root element is <html>")]
    [InlineData("<urlset>", "is not a sitemap: ")]
    public async Task ReadAsync_NoSitemap_SaysWhy(string file, string expected) =>
        Assert.Contains(expected, (await Assert.ThrowsAsync<RequestException>(() => ReadAsync(Encoding.UTF8.GetBytes(file)))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task ReadAsync_MoreLinesThanUrlsAllowed_AreRefused()
    {
        var lines = string.Concat(Enumerable.Repeat("http://h/a\n", SitemapReader.MaxUrls));
        Assert.Equal(SitemapReader.MaxUrls, (await ReadAsync(Encoding.UTF8.GetBytes(lines))).Count);
        Assert.Contains("has too many URLs", (await Assert.ThrowsAsync<RequestException>(() => ReadAsync(Encoding.UTF8.GetBytes(lines + "http://h/b")))).Message, StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<string>> ReadAsync(byte[] file)
    {
        using var http = new HttpClient(new Site(file));
        return await new SitemapReader(http).ReadAsync("/sitemap", new(new("http://h/"), new("http://h/")), TestContext.Current.CancellationToken);
    }

    private sealed class Site(byte[] file) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(file) { Headers = { ContentType = new MediaTypeHeaderValue("text/plain") } } });
    }
}
