using System.Text;
using Fleet.RealmServer.Content;
using Fleet.ServiceDefaults.Problems;
using Fleet.ServiceDefaults.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Fleet.RealmServer.Indexing;

internal static class IndexEndpoints
{
    // The page's script and style are inline, and it connects only to this server.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly string s_page = ReadPage();

    public static void MapIndex(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").RefuseForeignCallers(allowNavigation: true);
        pages.MapGet("/_index", Status);
        pages.MapGet("/_index/events", Events);
        pages.MapGet("/_index/diagnostics", Diagnostics);
        routes.MapPost("/_index", Run).RequireAdminKey();
    }

    /// <summary>The status of the index: HTML for browsers, JSON for all other clients.</summary>
    private static IResult Status(HttpContext http, IndexProgress progress, ReadKeys keys)
    {
        http.Response.Headers.Vary = $"{HeaderNames.Accept}, {HeaderNames.Authorization}";
        http.Response.Headers.CacheControl = "private, no-cache";
        if (!http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
            || AcceptHeader.PrefersJson(http.Request.Headers.Accept))
        {
            return TypedResults.Ok(progress.StatusFor(realm => keys.MayRead(http.Request, realm)));
        }

        http.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        return TypedResults.Content(s_page, "text/html", Encoding.UTF8);
    }

    /// <summary>The status as server-sent events, one per change. Failures and problems are omitted, since there may be many.</summary>
    private static IResult Events(HttpContext http, IndexEvents events, StreamLimiter limiter, ReadKeys keys, CancellationToken cancellationToken) =>
        limiter.Enter(http, "GET /_index") is { } full ? full
            : TypedResults.ServerSentEvents(limiter.LimitAsync(token => events.ListenAsync(realm => keys.MayRead(http.Request, realm), token), cancellationToken));

    private static Results<Ok<Contracts.RenderDiagnostics>, ProblemHttpResult> Diagnostics(
        string? url, HttpContext http, IndexProgress progress, ReadKeys keys) =>
        url is not null && progress.Find(url) is { Diagnostics: { } diagnostics } failure && (failure.Realm is not { } realm || keys.MayRead(http.Request, realm))
            ? TypedResults.Ok(diagnostics)
            : FleetProblem.Result(StatusCodes.Status404NotFound, "no-diagnostics", "The query parameter url names no card that failed in the latest pass.");

    /// <summary>Requests a pass. Cards that failed are rendered again.</summary>
    private static Accepted Run(Indexer indexer)
    {
        indexer.Request();
        return TypedResults.Accepted("/_index");
    }

    private static string ReadPage()
    {
        using var stream = typeof(IndexEndpoints).Assembly.GetManifestResourceStream("Fleet.RealmServer.Indexing.IndexPage.html")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
