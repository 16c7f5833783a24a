using Fleet.Contracts;
using Fleet.Manager.Endpoints;
using Fleet.Manager.Pipeline;
using Fleet.Manager.Rendering;
using Fleet.Manager.Servers;
using Fleet.ServiceDefaults.Options;
using Fleet.ServiceDefaults.Problems;
using Fleet.ServiceDefaults.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Fleet.Manager.Dialects;

/// <summary>The addresses of Prerender and prerender.io: the URL of the page as the path, and the request to render pages again.</summary>
internal static class PrerenderEndpoints
{
    private const string TokenHeader = "X-Prerender-Token";

    public static void MapPrerender(this IEndpointRouteBuilder routes)
    {
        routes.MapDialect("Prerender", "GET /render?url=<percent-encoded URL>", static options => options.Prerender, static http => http.Request.Headers[TokenHeader])
            .MapMethods("/{**url:regex(^https?:)}", GetAndHead.Methods, DocumentAsync);
        routes.MapDialect("Prerender", "POST /_pages/recache on the realm server", static options => options.Prerender, static http => http.Request.Headers[TokenHeader], isKeyInBody: true)
            .RejectUnknownParameters()
            .MapPost("/recache", RecacheAsync).WithMetadata(new RequestSizeLimitAttribute(PagesRequest.MaxBodyBytes));
    }

    // The clients pass the user agent of the crawler on.
    private static Task<IResult> DocumentAsync(HttpContext http, RenderPipeline pipeline, IOptions<FleetOptions> options)
    {
        var rendition = Rendition.Desktop;
        if (options.Value.HasMobileRendition())
        {
            http.Response.Headers.Append(HeaderNames.Vary, HeaderNames.UserAgent);
            rendition = RenditionRules.For(http.Request.Headers.UserAgent);
        }

        var url = TargetUrl.WithoutEscapedFragment(TargetUrl.Read(http.Request, "/", hasQuery: true));
        return DialectExtensions.DocumentAsync(new() { Url = url, Device = RenditionRules.DeviceOf(rendition) }, DialectNames.Same, [], isFresh: false, http, pipeline);
    }

    private static Task<IResult> RecacheAsync(PrerenderRecache body, HttpContext http, PagesClient pages)
    {
        // The one route whose key may be in its body.
        if (body.PrerenderToken is { } token && http.Request.Headers.Authorization.Count == 0)
        {
            http.Request.Headers.Authorization = "Bearer " + token;
        }

        return AdminKeyExtensions.Refuse(http) is { } refusal ? Task.FromResult<IResult>(refusal) : RecacheAllowedAsync(body, http, pages);
    }

    private static Task<IResult> RecacheAllowedAsync(PrerenderRecache body, HttpContext http, PagesClient pages) => (body.Url, body.Urls) switch
    {
        ({ } url, null) => pages.RecacheAsync([url], http.Request.Headers.Authorization, http.RequestAborted),
        (null, { } urls) => pages.RecacheAsync(urls, http.Request.Headers.Authorization, http.RequestAborted),
        (null, null) => Task.FromResult<IResult>(RenderRules.Invalid([new FieldError("url", "'url' is missing: give one URL as 'url', or several as 'urls'.")]).ToProblem(http.Response)),
        _ => Task.FromResult<IResult>(RenderRules.Invalid([new FieldError("urls", "'urls' and 'url' are both given: give one of them.")]).ToProblem(http.Response)),
    };
}

/// <summary>Body of prerender.io's <c>POST /recache</c>: one of <see cref="Url"/> and <see cref="Urls"/>.</summary>
internal sealed record PrerenderRecache
{
    /// <summary>The admin key; null if a header has it.</summary>
    public string? PrerenderToken { get; init; }

    /// <summary>The page.</summary>
    public string? Url { get; init; }

    /// <summary>The pages, 1 to <see cref="PagesRequest.MaxPages"/>.</summary>
    public IReadOnlyList<string>? Urls { get; init; }
}
