using Fleet.Contracts;
using Fleet.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Rendering;

/// <summary>Recognizes crawlers: clients that cannot be expected to run the host app.</summary>
internal sealed class Crawlers(IOptions<PagesOptions> options)
{
    private readonly CrawlerWords _words = new([.. options.Value.Crawlers ?? KnownCrawlers.Words, .. options.Value.MoreCrawlers]);

    /// <summary>Whether a request is a crawler's. A client that asks for Markdown is one: it cannot run the app.</summary>
    public bool IsCrawler(HttpRequest request) =>
        request.Headers.ContainsKey(KnownCrawlers.Header) || AcceptHeader.PrefersMarkdown(request.Headers.Accept) || _words.AreIn(request.Headers.UserAgent.ToString());
}
