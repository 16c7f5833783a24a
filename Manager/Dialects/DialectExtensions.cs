using Fleet.Contracts;
using Fleet.Manager.Endpoints;
using Fleet.Manager.Pipeline;
using Fleet.Manager.Rendering;
using Fleet.ServiceDefaults.Security;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Fleet.Manager.Dialects;

/// <summary>Addresses of other prerender services. Each maps its request to one of <c>/render</c> and the others, so that the same rules apply.</summary>
internal static class DialectExtensions
{
    /// <summary>Maps the addresses of all dialects. One that is off is answered with the route to use instead.</summary>
    public static void MapDialects(this IEndpointRouteBuilder routes)
    {
        routes.MapPrerender();
        routes.MapRendertron();
        routes.MapBrowserless();
        routes.MapGotenberg();
    }

    /// <summary>A group of a dialect's routes: off by its setting, with its own place of the key, and with the protection of the manager's own routes.</summary>
    /// <param name="routes">The manager's routes.</param>
    /// <param name="name">The name of the setting under <c>Manager:Dialects</c>.</param>
    /// <param name="instead">The route to use while the dialect is off.</param>
    /// <param name="isOn">Reads the setting.</param>
    /// <param name="keyOf">Where clients of the dialect send the key; null if there is none.</param>
    /// <param name="isKeyInBody">Whether the key may also be in the body, which the routes then check themselves, with any <c>Host</c>.</param>
    public static RouteGroupBuilder MapDialect(
        this IEndpointRouteBuilder routes, string name, string instead, Func<DialectOptions, bool> isOn, Func<HttpContext, string?>? keyOf = null, bool isKeyInBody = false)
    {
        var group = routes.MapGroup("").ExcludeFromDescription().WithMetadata(new TenantContentAttribute());
        group.CheckCallers(http =>
        {
            if (!isOn(http.RequestServices.GetRequiredService<IOptions<ManagerOptions>>().Value.Dialects))
            {
                return new RenderError(400, "dialect-off",
                    $"This is an address of {name}, which this manager does not serve. Use {instead}, or set Manager:Dialects:{name}=true.").ToProblem(http.Response);
            }

            // Move the key to the Authorization header, the only place that the other checks read.
            if (keyOf?.Invoke(http) is { Length: > 0 } key && http.Request.Headers.Authorization.Count == 0)
            {
                http.Request.Headers[HeaderNames.Authorization] = "Bearer " + key;
            }

            return null;
        });
        return isKeyInBody ? group.RefuseForeignCallers(anyHost: true) : group.RequireAdminKeyIfConfigured().RefuseForeignCallers();
    }

    /// <summary>Maps an address of the dialect that Fleet has nothing for.</summary>
    /// <param name="group">The dialect's routes.</param>
    /// <param name="path">The address.</param>
    /// <param name="instead">What to use instead, as a sentence.</param>
    public static void MapUnserved(this IEndpointRouteBuilder group, string path, string instead) => group.MapPost(path, (HttpContext http) => new RenderError(
        400, "not-served", $"{http.Request.Path} is not served. {instead}").ToProblem(http.Response));

    /// <summary>Renders the document of a page, as <c>GET /render</c> does: stored if a current one is stored.</summary>
    /// <param name="request">The page with its options.</param>
    /// <param name="names">What the dialect calls them.</param>
    /// <param name="errors">What is wrong with the request already.</param>
    /// <param name="isFresh">Whether to render it even if it is stored.</param>
    /// <param name="http">The request.</param>
    /// <param name="pipeline">Renders it.</param>
    /// <param name="isSandboxed">Whether the document is for the caller itself instead of for visitors of its site.</param>
    public static async Task<IResult> DocumentAsync(
        RenderRequest request, DialectNames names, IEnumerable<FieldError> errors, bool isFresh, HttpContext http, RenderPipeline pipeline, bool isSandboxed = false)
    {
        var requestId = CallHeaders.RequestId(http.Request);
        http.Response.Headers[FleetHeaders.RequestId] = requestId;
        List<FieldError> all = [.. errors];
        if (!CallHeaders.TryGetTimeout(http.Request, out var timeout))
        {
            all.Add(new(FleetHeaders.DeadlineMs, $"The header {FleetHeaders.DeadlineMs} must be one whole number of milliseconds."));
        }

        request = request with { Formats = [RenderFormat.Html], Priority = RenderLimits.MaxPriority };
        all.AddRange(names.Of(RenderRequestRules.Check(request)));
        if (all.Count > 0)
        {
            return RenderRules.Invalid(all).ToProblem(http.Response);
        }

        isFresh |= CallHeaders.AsksForNew(http.Request);
        var call = CallHeaders.Call(http.Request, request, requestId, timeout) with { Document = true, IsFresh = isFresh, FullLoad = isFresh };
        return DocumentResult.From(await pipeline.RenderAsync(call, http.RequestAborted), http.Response, isSandboxed, mayBeEmpty: isSandboxed);
    }
}
