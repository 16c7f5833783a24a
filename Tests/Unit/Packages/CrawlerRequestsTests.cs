using Fleet.AspNetCore;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.Packages;

public sealed class CrawlerRequestsTests
{
    private readonly CrawlerRequests _requests = new(new() { MoreCrawlers = { "housebot" }, ExcludedPaths = { "/api/", "/health" } });

    [Theory]
    [InlineData("GET", "/", true)]
    [InlineData("HEAD", "/products/1", true)]
    [InlineData("GET", "/releases/v1.2", true)]
    [InlineData("GET", "/about.html", true)]
    [InlineData("GET", "/apiary", true)]
    [InlineData("POST", "/", false)]
    [InlineData("GET", "/app.js", false)]
    [InlineData("GET", "/favicon.ico", false)]
    [InlineData("GET", "/robots.txt", false)]
    [InlineData("GET", "/sitemap.xml", false)]
    [InlineData("GET", "/api/products", false)]
    [InlineData("GET", "/API", false)]
    [InlineData("GET", "/health", false)]
    public void IsForPage_Request_IsDecidedByMethodAndPath(string method, string path, bool expected) =>
        Assert.Equal(expected, _requests.IsForPage(Request(method, path)));

    [Theory]
    [InlineData("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", true)]
    [InlineData("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; GPTBot/1.3; +https://openai.com/gptbot", true)]
    [InlineData("facebookexternalhit/1.1", true)]
    [InlineData("HouseBot/1.0", true)]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", false)]
    [InlineData("curl/8.5", false)]
    [InlineData("", false)]
    [InlineData("Mozilla/5.0 Googlebot/2.1 Fleet-Prerender/0.1", false)]
    public void IsCrawler_UserAgent_IsDecidedByItsWords(string agent, bool expected) =>
        Assert.Equal(expected, _requests.IsCrawler(Request("GET", "/", ("User-Agent", agent))));

    [Fact]
    public void IsCrawler_Header_IsACrawlersUnlessTheFleetSentIt()
    {
        Assert.True(_requests.IsCrawler(Request("GET", "/", ("X-Prerender", "1"))));
        Assert.False(_requests.IsCrawler(Request("GET", "/", ("X-Prerender", "1"), ("X-Fleet-Lineage", "x"))));
    }

    [Theory]
    [InlineData("Timeout")]
    [InlineData("PublicUrl")]
    [InlineData("MoreCrawlers")]
    [InlineData("Renditions")]
    [InlineData("ExcludedPaths")]
    public void Validate_OptionOutOfRange_IsNamed(string option)
    {
        var options = new PrerenderOptions();
        Action set = option switch
        {
            "Timeout" => () => options.Timeout = TimeSpan.FromMinutes(3),
            "PublicUrl" => () => options.PublicUrl = new("https://site/shop"),
            "Renditions" => () => options.Renditions = "mobile",
            "MoreCrawlers" => () => options.MoreCrawlers.Add(" "),
            _ => () => options.ExcludedPaths.Add("api"),
        };
        set();
        Assert.StartsWith(option, Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
    }

    private static HttpRequest Request(string method, string path, params (string Name, string Value)[] headers)
    {
        var http = new DefaultHttpContext { Request = { Method = method, Path = path } };
        foreach (var (name, value) in headers)
        {
            http.Request.Headers[name] = value;
        }

        return http.Request;
    }
}
