using System.ComponentModel;
using Fleet.Contracts;
using Fleet.Manager.Pipeline;
using Fleet.Manager.Rendering;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Problems;
using Fleet.ServiceDefaults.Security;
using Microsoft.Net.Http.Headers;

namespace Fleet.Manager.Endpoints;

/// <summary>Routes that render a URL.</summary>
internal static class RenderEndpoints
{
    public static void MapRenders(this IEndpointRouteBuilder routes)
    {
        var renders = routes.MapGroup("").WithTags("Renders").RequireAdminKeyIfConfigured().RefuseForeignCallers().RejectUnknownParameters();

        renders.MapPost("/renders", PostRenderAsync)
            .WithName("Render").WithSummary("Renders a URL into one or more formats.")
            .WithDescription("The outcome is in the body of a 200, never in the status: a failed page is a result. Any other status means that no render took place.")
            .Produces<RenderResult>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(413).ProducesProblem(429).ProducesProblem(503).ProducesProblem(504);

        renders.MapGroup("").WithMetadata(new TenantContentAttribute()).MapMethods("/render", GetAndHead.Methods, GetRenderAsync)
            .WithName("RenderDocument").WithSummary("Renders a URL and returns the document, with the page's own status code.")
            .WithDescription("For browsers and curl. An outcome without a document is returned as problem details.")
            .Produces<string>(200, "text/html", "text/markdown", "text/plain").ProducesProblem(400).ProducesProblem(502).ProducesProblem(503).ProducesProblem(504);
    }

    private static async Task<IResult> PostRenderAsync(
        RenderRequest request, HttpContext http, RenderPipeline pipeline)
    {
        var answer = await RenderAsync(request, call => call, http, pipeline);
        return answer.IsError ? answer.RenderError.ToProblem(http.Response) : new ContentResult(answer.Content, StatusCodes.Status200OK);
    }

    private static async Task<IResult> GetRenderAsync(
        HttpContext http,
        RenderPipeline pipeline,
        [AsParameters] PageParameters page,
        [Description("html: the document. markdown, text: its main content. Default: markdown if the Accept header prefers text/markdown, else html.")] string? format = null,
        [Description("Renders the page even if a current one is stored. Default: false, unless the request has Cache-Control: no-cache.")] bool? refresh = null)
    {
        List<FieldError> errors = [];
        var request = page.ApplyTo(new RenderRequest { Url = "", Formats = [RenderFormat.Html] }, errors);
        var asked = PageParameters.ReadWord<DocumentFormat>(format, "format", errors);
        if (errors.Count > 0)
        {
            return RenderRules.Invalid([.. errors, .. RenderRequestRules.Check(request)]).ToProblem(http.Response);
        }

        var isFresh = refresh ?? CallHeaders.AsksForNew(http.Request);
        var answer = await RenderAsync(request, call => call with { Document = true, IsFresh = isFresh, FullLoad = isFresh }, http, pipeline);
        if (format is null)
        {
            http.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Accept);
        }

        return (asked ?? (AcceptHeader.PrefersMarkdown(http.Request.Headers.Accept) ? DocumentFormat.Markdown : DocumentFormat.Html)) is var shape and not DocumentFormat.Html
            ? DocumentResult.From(answer, http.Response, convert: (document, status) => new TextResult(document, status, shape, request.Url))
            : DocumentResult.From(answer, http.Response);
    }

    private static async Task<RenderAnswer> RenderAsync(RenderRequest request, Func<RenderCall, RenderCall> complete, HttpContext http, RenderPipeline pipeline)
    {
        var requestId = CallHeaders.RequestId(http.Request);
        http.Response.Headers[FleetHeaders.RequestId] = requestId;
        return CallHeaders.TryGetTimeout(http.Request, out var timeout)
            ? await pipeline.RenderAsync(complete(CallHeaders.Call(http.Request, request, requestId, timeout)), http.RequestAborted)
            : RenderRules.Invalid([new(FleetHeaders.DeadlineMs, $"The header {FleetHeaders.DeadlineMs} must be one whole number of milliseconds.")]);
    }
}
