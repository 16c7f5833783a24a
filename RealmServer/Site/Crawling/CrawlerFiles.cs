using System.Text;
using Fleet.RealmServer.Caching;
using Fleet.RealmServer.Content;
using Fleet.RealmServer.Rendering;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Fleet.RealmServer.Site.Crawling;

/// <summary>Serves robots.txt and sitemap.xml. A file of the same name in the host app's folder takes precedence.</summary>
internal sealed class CrawlerFiles(PublicAddress address, Sitemap sitemap, IOptions<PagesOptions> options)
{
    public const string RobotsPath = "/robots.txt";

    public const string SitemapPath = "/sitemap.xml";

    /// <summary>robots.txt: allows everything except the server's own paths; screenshots are allowed, since pages reference them.</summary>
    public Task RobotsAsync(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-cache";
        var signal = options.Value.ContentSignal is { } signals ? $"{ContentSignals.LineOf(signals)}\n" : "";
        return Results.Text($"User-agent: *\n{signal}Disallow: /_\nAllow: {ScreenshotAddress.Prefix}\n\nSitemap: {address.UrlOf(SitemapPath)}\n", "text/plain", Encoding.UTF8).ExecuteAsync(http);
    }

    /// <summary>sitemap.xml. The framework's result handles <c>If-None-Match</c> and HEAD.</summary>
    public async Task SitemapAsync(HttpContext http)
    {
        var body = await sitemap.GetAsync(http.RequestAborted);
        var form = body.In(ContentCodings.For(http.Request.Headers.AcceptEncoding));
        var headers = http.Response.Headers;
        (headers.CacheControl, headers.Vary, headers.ContentEncoding) = ("no-cache", HeaderNames.AcceptEncoding, form.Coding);
        await Results.Bytes(form.Bytes, "application/xml; charset=utf-8", entityTag: new EntityTagHeaderValue(form.ETag)).ExecuteAsync(http);
    }
}
