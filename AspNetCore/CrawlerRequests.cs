using Fleet.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;

namespace Fleet.AspNetCore;

/// <summary>Decides which requests are those of crawlers for pages.</summary>
internal sealed class CrawlerRequests
{
    private static readonly FileExtensionContentTypeProvider s_types = new();

    private static readonly string[] s_pages = ["text/html", "application/xhtml+xml", "text/markdown", "text/*"];

    private readonly CrawlerWords _words;
    private readonly PathString[] _excluded;

    public CrawlerRequests(PrerenderOptions options)
    {
        _words = new([.. KnownCrawlers.Words, .. options.MoreCrawlers]);
        _excluded = [.. options.ExcludedPaths.Select(static path => new PathString(path.TrimEnd('/')))];
    }

    /// <summary>Whether a request is for a page: a GET or HEAD of a path that is not excluded and has no extension of a file, except of HTML.</summary>
    public bool IsForPage(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) && !IsFile(request.Path) && !_excluded.Any(path => request.Path.StartsWithSegments(path));

    /// <summary>Whether a request is a crawler's for a page. One of the fleet itself never is: its render would wait for itself. Nor is what a crawler's browser loads
    /// for a page, such as data and images: <c>Sec-Fetch-Dest</c> says so, or an <c>Accept</c> that names other types than HTML.</summary>
    public bool IsCrawler(HttpRequest request)
    {
        if (!IsNavigation(request))
        {
            return false;
        }

        var agent = request.Headers.UserAgent.ToString();
        return !agent.Contains(FleetHeaders.UserAgentProduct, StringComparison.OrdinalIgnoreCase) && !request.Headers.ContainsKey(FleetHeaders.Lineage)
            && (request.Headers.ContainsKey(KnownCrawlers.Header) || WantsMarkdown(request) || _words.AreIn(agent));
    }

    /// <summary>Whether a request names Markdown and does not prefer HTML. Agents name it; browsers and <c>*/*</c> do not.</summary>
    public static bool WantsMarkdown(HttpRequest request)
    {
        var accepted = request.Headers.Accept.ToString().Contains("markdown", StringComparison.OrdinalIgnoreCase) ? request.GetTypedHeaders().Accept : [];
        double QualityOf(string type) => accepted.Where(range => range.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase)).Select(static range => range.Quality ?? 1).DefaultIfEmpty(0).Max();
        return QualityOf("text/markdown") is > 0 and var markdown && markdown >= QualityOf("text/html");
    }

    private static bool IsNavigation(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        return accepted.Any(static range => range.Quality is not 0 && s_pages.Contains(range.MediaType.Value, StringComparer.OrdinalIgnoreCase))
            || (accepted.All(static range => range.MatchesAllTypes) && (string?)request.Headers["Sec-Fetch-Dest"] is null or "" or "document" or "iframe" or "frame" or "embed" or "object");
    }

    // "/releases/v1.2" is a page: an extension counts if it is a type of file.
    private static bool IsFile(PathString path) => s_types.TryGetContentType(path.Value ?? "", out var type) && type is not ("text/html" or "application/xhtml+xml");
}
