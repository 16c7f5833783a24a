using Fleet.Contracts;
using Fleet.RealmServer.Content;
using Fleet.RealmServer.Rendering;
using Fleet.RealmServer.Site.Crawling;
using Fleet.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Http.Features;

namespace Fleet.RealmServer.Site;

/// <summary>Answers paths outside of realms: the host app's files, the files for crawlers, and the app's routes.</summary>
internal sealed class HostAppHandler(
    HostAppFiles files, RouteDocuments documents, ShellPages shells, CrawlerFiles crawlerFiles, Crawlers crawlers, PageAddress addresses, PublicAddress address, PageHandler pages)
{
    /// <summary>Answers a request.</summary>
    public Task AnswerAsync(HttpContext http, string path) => files.Find(path) switch
    {
        HostAppFile.Found => SendAsync(http, path),
        HostAppFile.Unserved => SiteAnswers.NotFoundAsync(http, path),
        _ => RouteOrNoneAsync(http, path),
    };

    /// <summary>Answers a request for a file.</summary>
    public Task FileAsync(HttpContext http, string path) => files.Find(path) == HostAppFile.Found ? SendAsync(http, path) : SiteAnswers.NotFoundAsync(http, path);

    private Task RouteOrNoneAsync(HttpContext http, string path) => path == CrawlerFiles.RobotsPath ? crawlerFiles.RobotsAsync(http)
        : path == CrawlerFiles.SitemapPath ? crawlerFiles.SitemapAsync(http)
        : SiteAnswers.WantsJson(http) || !Navigation.IsPage(RequestTraits.Of(http.Request, crawlers.IsCrawler(http.Request)), files.TraitsOf(path)) ? NoPageAsync(http, path)
        : RouteAsync(http, path);

    // A request for a file gets the route's own document, as from a static host: apps prefetch it.
    private Task NoPageAsync(HttpContext http, string path) => !SiteAnswers.WantsJson(http) && documents.OwnOf(path) is { File: { } document }
        ? documents.SendAsync(http, document)
        : SiteAnswers.NotFoundAsync(http, path);

    private Task SendAsync(HttpContext http, string path)
    {
        http.SuppressTrace();
        return files.SendAsync(http, path);
    }

    private Task RouteAsync(HttpContext http, string path) => documents.Find(path) switch
    {
        { RedirectTo: { } to } => SiteAnswers.RedirectAsync(http, new PathString(to).ToUriComponent()),
        { IsNotFound: true, File: { } document } => documents.SendAsync(http, document, StatusCodes.Status404NotFound),
        // An app that keeps the host contract renders its own routes; another document of the folder is a file.
        { File: { } document } when shells.Current.HasMarkers => documents.SendAsync(http, document),
        var document => PageAsync(http, document.File),
    };

    private Task PageAsync(HttpContext http, string? document)
    {
        var page = address.UrlOf(addresses.Of(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget));
        return page.Length <= RenderLimits.MaxUrlLength ? pages.PageAsync(http, documents.SourceOf(document, page))
            : crawlers.IsCrawler(http.Request) ? SiteAnswers.TooLongAsync(http, "URL", page.Length)
            // Such a URL is too long to be rendered, but the app itself can open it: redirects of sign-in services have long queries.
            : pages.BareAsync(http, StatusCodes.Status200OK, document);
    }
}
