using Fleet.Manager.Endpoints;
using Fleet.Manager.Pipeline;

namespace Fleet.Manager.Dialects;

/// <summary>The address of Prerender and prerender.io: the URL of the page as the path.</summary>
internal static class PrerenderEndpoints
{
    private const string TokenHeader = "X-Prerender-Token";

    public static void MapPrerender(this IEndpointRouteBuilder routes) =>
        routes.MapDialect("Prerender", "GET /render?url=<percent-encoded URL>", static options => options.Prerender, static request => request.Headers[TokenHeader])
            .MapGetAndHead("/{**url:regex(^https?:)}", static (HttpContext http, RenderPipeline pipeline) => DialectExtensions.DocumentAsync(
                TargetUrl.WithoutEscapedFragment(TargetUrl.Read(http.Request, "/", hasQuery: true)), isFresh: false, http, pipeline));
}
