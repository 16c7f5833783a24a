using System.Text;
using Fleet.RealmServer.Caching;
using Fleet.RealmServer.Content;
using Fleet.RealmServer.Rendering;
using Microsoft.Net.Http.Headers;

namespace Fleet.RealmServer.Site.Crawling;

/// <summary>What crawlers look for beside pages. A file of the same name in the host app's folder comes first.</summary>
internal sealed class CrawlerFiles(PublicAddress address, Sitemap sitemap)
{
    public const string RobotsPath = "/robots.txt";

    public const string SitemapPath = "/sitemap.xml";

    /// <summary>Everything may be read but what is of the server's own; the screenshots that pages name may.</summary>
    public Task RobotsAsync(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-cache";
        return Results.Text($"User-agent: *\nDisallow: /_\nAllow: {ScreenshotAddress.Prefix}\n\nSitemap: {address.UrlOf(SitemapPath)}\n", "text/plain", Encoding.UTF8).ExecuteAsync(http);
    }

    /// <summary>The sitemap. The framework's result answers <c>If-None-Match</c> and HEAD.</summary>
    public async Task SitemapAsync(HttpContext http)
    {
        var body = await sitemap.GetAsync(http.RequestAborted);
        var form = body.In(ContentCodings.For(http.Request.Headers.AcceptEncoding));
        var headers = http.Response.Headers;
        (headers.CacheControl, headers.Vary, headers.ContentEncoding) = ("no-cache", HeaderNames.AcceptEncoding, form.Coding);
        await Results.Bytes(form.Bytes, "application/xml; charset=utf-8", entityTag: new EntityTagHeaderValue(form.ETag)).ExecuteAsync(http);
    }
}
