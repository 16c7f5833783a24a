using System.Buffers;
using Fleet.Contracts;
using Fleet.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Rendering;

/// <summary>Recognizes crawlers: clients that cannot be expected to run the host app.</summary>
internal sealed class Crawlers(IOptions<PagesOptions> options)
{
    private readonly SearchValues<string> _words = SearchValues.Create([.. options.Value.Crawlers ?? KnownCrawlers.Words, .. options.Value.MoreCrawlers], StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a request is a crawler's. A client that asks for Markdown is one: it cannot run the app.</summary>
    public bool IsCrawler(HttpRequest request) =>
        request.Headers.ContainsKey(KnownCrawlers.Header) || AcceptHeader.PrefersMarkdown(request.Headers.Accept) || request.Headers.UserAgent.ToString().AsSpan().ContainsAny(_words);
}
