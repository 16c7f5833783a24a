using System.Globalization;
using Fleet.Contracts;
using Fleet.RealmServer.Rendering;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Markdown;
using Fleet.ServiceDefaults.Problems;

namespace Fleet.RealmServer.Site;

/// <summary>Answers requests for pages: the fleet's own browsers get the bare shell, every other caller the page that <see cref="PageFinder"/> finds.</summary>
internal sealed class PageHandler(PageFinder finder, PageRenditions renditions, ShellPages shells, RouteDocuments documents, RealmMetrics metrics)
{
    /// <summary>Whether the request belongs to a render, which must load the bare shell and not an earlier prerendered page.</summary>
    public static bool IsFleetBrowser(HttpContext http) =>
        http.Request.Headers.UserAgent.ToString().Contains(FleetHeaders.UserAgentProduct, StringComparison.Ordinal);

    /// <summary>Answers with a page.</summary>
    public Task PageAsync(HttpContext http, PageSource source) => IsFleetBrowser(http) ? BareAsync(http, StatusCodes.Status200OK, source.Document) : FoundAsync(http, source);

    /// <summary>Answers with the bare shell, or with the document that the route has instead.</summary>
    /// <param name="http">The request.</param>
    /// <param name="status">Status of the shell.</param>
    /// <param name="document">Path of the route's own document; null if it has none.</param>
    public Task BareAsync(HttpContext http, int status, string? document = null) =>
        document is null ? WriteAsync(http, shells.Bare(status)) : documents.SendAsync(http, document);

    private async Task FoundAsync(HttpContext http, PageSource source)
    {
        var page = await finder.FindAsync(http, renditions.For(http.Request, source));
        // Rendered content comes from the app of index.html. It must not replace the document that the route has of its own.
        var isNotRendered = page is { Kind: ContentKind.Shell, Status: StatusCodes.Status200OK } || (page.Kind == ContentKind.Content && RouteDocuments.IsOwn(source.Document));
        await (isNotRendered ? BareAsync(http, StatusCodes.Status200OK, source.Document) : WriteAsync(http, page));
    }

    private Task WriteAsync(HttpContext http, ServedPage page)
    {
        metrics.PageServed(page.Kind);
        var asMarkdown = AcceptHeader.PrefersMarkdown(http.Request.Headers.Accept);
        if (page.Unavailability is { } why && (asMarkdown || Navigation.OfAccept(http.Request.Headers.Accept) == false))
        {
            http.Response.Headers.RetryAfter = why.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
            http.Response.Headers.CacheControl = "no-store";
            return FleetProblem.Result(why.Status, why.Reason, why.Detail).ExecuteAsync(http);
        }

        if (!asMarkdown || !page.HasContent)
        {
            return PageResponse.WriteAsync(http, page);
        }

        return page.Markdown is { } markdown ? PageResponse.WriteAsync(http, page, markdown)
            : FleetProblem.Result(StatusCodes.Status406NotAcceptable, "no-markdown",
                $"The page is too large or nested too deeply to be converted: at most {MarkdownConverter.MaxChars} characters and {MarkdownConverter.MaxDepth} levels. Ask for text/html.").ExecuteAsync(http);
    }
}
