using Fleet.Contracts;
using Fleet.Manager.Endpoints;
using Fleet.Manager.Pipeline;
using Fleet.ServiceDefaults.Problems;

namespace Fleet.Manager.Dialects;

/// <summary>The addresses of Rendertron: the percent-encoded URL of the page in the path, options in the query.</summary>
internal static class RendertronEndpoints
{
    private const string Render = "/render/";
    private const string Screenshot = "/screenshot/";

    public static void MapRendertron(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapDialect(
            "Rendertron", "GET /render?url=<percent-encoded URL> or GET /screenshot?url=<percent-encoded URL>", static options => options.Rendertron).RejectUnknownParameters();
        group.MapGetAndHead(Render + "{**url}", RenderAsync);
        group.MapGetAndHead(Screenshot + "{**url}", ScreenshotAsync);
    }

    private static Task<IResult> RenderAsync(string? url, bool? refreshCache, HttpContext http, RenderPipeline pipeline) =>
        DialectExtensions.DocumentAsync(TargetUrl.Read(http.Request, Render, hasQuery: false), isFresh: refreshCache ?? false, http, pipeline);

    private static Task<IResult> ScreenshotAsync(string? url, int? width, int? height, HttpContext http, RenderPipeline pipeline) =>
        ScreenshotEndpoints.AnswerAsync(
            new()
            {
                Url = TargetUrl.Read(http.Request, Screenshot, hasQuery: false),
                Priority = RenderLimits.MaxPriority,
                Type = ScreenshotType.Jpeg,
                Width = width ?? 1000,
                Height = height ?? 1000,
            },
            [], http, pipeline);
}
