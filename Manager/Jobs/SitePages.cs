using Fleet.Contracts;
using Fleet.Manager.Servers;

namespace Fleet.Manager.Jobs;

/// <summary>Requests of jobs to the realm server about single pages of the site.</summary>
internal sealed class SitePages(PagesClient pages)
{
    /// <summary>Gets what the realm server knows of a page. If problem and page are both null, it knows nothing.</summary>
    public async Task<(SitePage? Page, PagesAnswer? Problem)> InspectAsync(string url, CancellationToken cancellationToken)
    {
        var (page, problem) = (await pages.SendAsync(HttpMethod.Get, $"/_pages/page?url={Uri.EscapeDataString(url)}", null, cancellationToken)).Read<SitePage>();
        return (page, problem is { Status: StatusCodes.Status404NotFound, Reason: "not-stored" } ? null : problem);
    }

    /// <summary>Has a page rendered and stored again.</summary>
    /// <param name="url">The page.</param>
    /// <param name="rendition">Only this rendition; null for all.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The page's own URL if the render is queued, otherwise the error.</returns>
    public async Task<(string? Url, JobAttempt? Error)> RecacheAsync(string url, Rendition? rendition, CancellationToken cancellationToken)
    {
        var body = JsonContent.Create(new PagesRequest { Urls = [url], Rendition = rendition }, options: FleetJson.Options);
        var (report, problem) = (await pages.SendAsync(HttpMethod.Post, "/_pages/recache", body, cancellationToken)).Read<PagesReport>();
        if (problem is not null)
        {
            return (null, ErrorOf(problem));
        }

        if (report!.Pages is [var page] && page.Result != PageResult.Refused)
        {
            return (page.Url, null);
        }

        var refused = report.Pages is [{ Reason: not null } why] ? why : new(url, PageResult.Refused, "The realm server did not report what happened to the page.");
        var isFull = refused.Refusal == PageRefusal.QueueFull;
        return (null, new(null, ErrorStatus: isFull ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status400BadRequest, Reason: isFull ? "queue-full" : "refused", Detail: refused.Reason));
    }

    /// <summary>The error that a problem is to a job. A realm server that cannot be reached may be back later.</summary>
    public static JobAttempt ErrorOf(PagesAnswer problem) => new(
        null,
        ErrorStatus: problem.Status == StatusCodes.Status502BadGateway ? StatusCodes.Status503ServiceUnavailable : problem.Status,
        Reason: problem.Reason,
        Detail: problem.Detail);
}

/// <summary>The members of the realm server's answer about a page that are read.</summary>
/// <param name="Pending">Whether a render is queued or in progress there.</param>
/// <param name="Stored">The stored page; null if there is none.</param>
/// <param name="LastFailure">Why the last render failed; null if it did not.</param>
/// <param name="Mobile">The same of the mobile rendition; null if pages have none.</param>
internal sealed record SitePage(bool Pending, SitePageStored? Stored = null, SitePageFailure? LastFailure = null, SitePage? Mobile = null)
{
    /// <summary>The renditions of the page.</summary>
    public IReadOnlyList<SitePage> Renditions => Mobile is null ? [this] : [this, Mobile];
}

/// <summary>A stored page.</summary>
/// <param name="Status">Its own HTTP status.</param>
/// <param name="State">Its state.</param>
/// <param name="Generation">Generation of the host shell that it was rendered on.</param>
/// <param name="RenderedAt">When its render ended.</param>
/// <param name="AgeSeconds">Time since then.</param>
/// <param name="StartedAt">When its render began; null if an older version stored it.</param>
/// <param name="RedirectUrl">Where it redirects to; null if it does not.</param>
internal sealed record SitePageStored(int Status, string State, long Generation, DateTimeOffset RenderedAt, long AgeSeconds, DateTimeOffset? StartedAt = null, string? RedirectUrl = null);

/// <summary>A failed render.</summary>
/// <param name="Reason">Why it failed.</param>
/// <param name="AgeSeconds">Time since it failed.</param>
/// <param name="RenderId">Id of the render; null if it is not known.</param>
/// <param name="Record">Path of its record; null if there is none.</param>
internal sealed record SitePageFailure(string Reason, long AgeSeconds = 0, string? RenderId = null, string? Record = null);
