using Fleet.Contracts;
using Fleet.Registry;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Problems;
using Fleet.ServiceDefaults.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Fleet.RealmServer.Site.Operations;

/// <summary>The API for operators of the stored pages. All routes require the admin key.</summary>
internal static class PagesEndpoints
{
    private const int MaxLimit = 1_000;

    private const int DefaultLimit = 100;

    private static readonly string[] s_states = [.. Enum.GetNames<PageState>().Select(static name => name.ToLowerInvariant())];

    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("/_pages").RequireAdminKey().RejectUnknownParameters().AddEndpointFilter(ReportRegistryAsync);
        pages.MapGet("", ListAsync);
        pages.MapGet("/page", InspectAsync);
        pages.MapPost("/recache", RecacheAsync).WithMetadata(new RequestSizeLimitAttribute(PagesRequest.MaxBodyBytes));
        pages.MapPost("/purge", PurgeAsync).WithMetadata(new RequestSizeLimitAttribute(PagesRequest.MaxBodyBytes));
        pages.MapPost("/warm", RenderOutdatedAsync).WithMetadata(new RequestSizeLimitAttribute(PagesRequest.MaxBodyBytes));
    }

    /// <summary>The stored pages that match all parameters, ordered by URL.</summary>
    private static async Task<Results<Ok<PageList>, ProblemHttpResult>> ListAsync(
        string? match, string? prefix, string? pattern, string? state, int? minAgeSeconds, int? maxAgeSeconds, string? after, int? limit,
        HttpContext http, PageDirectory directory, PageTargets targets, CancellationToken cancellationToken)
    {
        FieldError?[] errors =
        [
            PageSelection.CheckText("match", match), PageSelection.CheckText("prefix", prefix), PageSelection.CheckText("pattern", pattern), PageSelection.CheckText("after", after),
            state is null || s_states.Contains(state.ToLowerInvariant()) ? null : new("state", NearestName.Explain(state, "state", "a stored page", s_states)),
            minAgeSeconds < 0 ? new("minAgeSeconds", $"'minAgeSeconds' is {minAgeSeconds}: it must be 0 or more.") : null,
            maxAgeSeconds < 0 ? new("maxAgeSeconds", $"'maxAgeSeconds' is {maxAgeSeconds}: it must be 0 or more.") : null,
            minAgeSeconds > maxAgeSeconds ? new("minAgeSeconds", $"'minAgeSeconds' is {minAgeSeconds}: it must be at most 'maxAgeSeconds', {maxAgeSeconds}.") : null,
            limit is < 1 or > MaxLimit ? new("limit", $"'limit' is {limit}: it must be between 1 and {MaxLimit}.") : null,
        ];
        if (errors.OfType<FieldError>().ToList() is { Count: > 0 } found)
        {
            return Invalid(found);
        }

        http.Response.Headers.CacheControl = "no-store";
        var (begin, like) = (targets.UrlOf(prefix ?? ""), targets.UrlOf(pattern ?? "*"));
        var pages = (await directory.ReadAsync(cancellationToken)).Where(page =>
            (match is null || page.Url.Contains(match, StringComparison.OrdinalIgnoreCase))
            && page.Url.StartsWith(begin, StringComparison.Ordinal) && Wildcard.Matches(page.Url, like)
            && (state is null || page.State.ToString().Equals(state, StringComparison.OrdinalIgnoreCase))
            && (minAgeSeconds is null || page.Age.TotalSeconds >= minAgeSeconds) && (maxAgeSeconds is null || page.Age.TotalSeconds <= maxAgeSeconds)).ToList();
        var (shown, next) = PageSelection.Page(pages, static page => page.Url, after, limit ?? DefaultLimit);
        return TypedResults.Ok(new PageList { Pages = [.. shown.Select(EntryOf)], Total = pages.Count, Next = next });
    }

    /// <summary>What is known of one page.</summary>
    private static async Task<Results<Ok<PageInspection>, ProblemHttpResult>> InspectAsync(
        string? url, HttpContext http, PageDirectory directory, PageTargets targets, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(url))
        {
            return Invalid([new("url", "'url' is missing: give a URL of the site, absolute or as a path.")]);
        }

        var target = targets.Find(url);
        if (target.Source is not { } page)
        {
            return Invalid([new("url", $"'url' is {Quoted.Of(target.Url)}. {target.WhyNot}")]);
        }

        http.Response.Headers.CacheControl = "no-store";
        return await directory.InspectAsync(page, cancellationToken) is { } inspection
            ? TypedResults.Ok(inspection)
            : FleetProblem.Result(StatusCodes.Status404NotFound, "not-stored", $"{page.Url} is not stored, did not fail recently, and no render of it is queued.");
    }

    private static async Task<Results<Accepted<PagesReport>, ProblemHttpResult>> RecacheAsync(
        PagesRequest request, PageActions actions, OnDemandRenders onDemand, CancellationToken cancellationToken) =>
        PageSelection.Check(request, sitemap: false) is { Count: > 0 } errors ? Invalid(errors)
            : WhyNoRenders(onDemand) ?? (Results<Accepted<PagesReport>, ProblemHttpResult>)TypedResults.Accepted((string?)null, await actions.RecacheAsync(request, cancellationToken));

    private static async Task<Results<Ok<PagesReport>, ProblemHttpResult>> PurgeAsync(PagesRequest request, PageActions actions, CancellationToken cancellationToken) =>
        PageSelection.Check(request, sitemap: false) is { Count: > 0 } errors ? Invalid(errors) : TypedResults.Ok(await actions.PurgeAsync(request, cancellationToken));

    private static async Task<Results<Accepted<PagesReport>, ProblemHttpResult>> RenderOutdatedAsync(
        PagesRequest request, PageActions actions, OnDemandRenders onDemand, CancellationToken cancellationToken) =>
        PageSelection.Check(request, sitemap: true) is { Count: > 0 } errors ? Invalid(errors)
            : WhyNoRenders(onDemand) ?? (Results<Accepted<PagesReport>, ProblemHttpResult>)TypedResults.Accepted((string?)null, await actions.RenderOutdatedAsync(request, cancellationToken));

    private static ProblemHttpResult? WhyNoRenders(OnDemandRenders onDemand) => onDemand.IsOn ? null
        : FleetProblem.Result(StatusCodes.Status409Conflict, "renders-off", "This realm server renders nothing on demand: Pages:OnDemand is false, or it has no manager's address.");

    private static PageListEntry EntryOf(ListedPage page) => new()
    {
        Url = page.Url,
        Kind = page.Source.IsRoute ? PageKind.Route : PageKind.Card,
        Rendition = page.Source.Rendition,
        State = page.State,
        Status = page.Facts.Status,
        RenderedAt = page.Facts.RenderedAt,
        StartedAt = page.Facts.StartedAt,
        AgeSeconds = PageDirectory.Seconds(page.Age),
        Generation = page.Generation,
        Bytes = page.Facts.Bytes,
        IsNoIndex = page.Facts.IsNoIndex,
    };

    private static ProblemHttpResult Invalid(IReadOnlyList<FieldError> errors) => FleetProblem.Result(
        StatusCodes.Status400BadRequest, "invalid-request", string.Join(' ', errors.Select(static error => error.Message)), new Dictionary<string, object?> { ["errors"] = errors });

    private static async ValueTask<object?> ReportRegistryAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        try
        {
            return await next(invocation);
        }
        catch (RegistryUnavailableException e)
        {
            throw new RequestException(StatusCodes.Status503ServiceUnavailable, "registry-away", e.Message, RegistryTtl.Repeat);
        }
    }
}
