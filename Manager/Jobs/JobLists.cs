using System.Globalization;
using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.Manager.Servers;
using Fleet.Registry.Jobs;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Problems;
using Fleet.ServiceDefaults.Sitemaps;

namespace Fleet.Manager.Jobs;

/// <summary>Finds the URLs of a job that are not in its request: those of a sitemap, or of a selection of stored pages.</summary>
internal sealed class JobLists(IHttpClientFactory clients, IConfiguration configuration, AllowedOrigins origins, FleetViews views, PagesClient pages, IJobStore store, TimeProvider timeProvider)
{
    /// <summary>Name of the client that reads sitemaps.</summary>
    public const string SitemapClient = "job-sitemaps";

    private const int PagesPerRequest = 1_000;
    private const int MaxAttempts = 3;

    private static readonly Backoff s_backoff = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10));

    private readonly SiteAddress? _site = SiteAddress.Find(configuration);

    /// <summary>Adds the URLs to the job. Repeating it is harmless.</summary>
    /// <returns>Whether the claim is still the caller's, and what is wrong with the list.</returns>
    /// <exception cref="RequestException">The list cannot be read.</exception>
    public async Task<(bool IsHeld, JobListProblem? Problem)> AddAsync(JobRecord job, JobClaim claim, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return job.Definition.Publication is null && claim.Item.Url.Length > 0
                    ? await AddSitemapAsync(job, claim, cancellationToken)
                    : await AddStoredAsync(job, claim, cancellationToken);
            }
            catch (RequestException e) when (PauseAfter(e.Status, attempt, LeftOf(job)) is { } pause)
            {
                await Task.Delay(pause, timeProvider, cancellationToken);
            }
        }
    }

    /// <summary>The pause before the list is read again; null if it is not. A service that is away may come back; an invalid sitemap stays invalid.</summary>
    /// <param name="status">Status of the error.</param>
    /// <param name="attempt">Number of the attempt; the first is 1.</param>
    /// <param name="left">Time until the end of a publication, which waits for its pages that long; null for other jobs.</param>
    internal static TimeSpan? PauseAfter(int status, int attempt, TimeSpan? left)
    {
        var isAway = status is StatusCodes.Status502BadGateway or StatusCodes.Status503ServiceUnavailable or StatusCodes.Status504GatewayTimeout;
        var pause = s_backoff.After(attempt);
        return !isAway || (left is null ? attempt >= MaxAttempts : left <= TimeSpan.Zero) ? null : left < pause ? left : pause;
    }

    private TimeSpan? LeftOf(JobRecord job) => job.Definition.Publication is { } target ? job.CreatedAt + target.Timeout - timeProvider.GetUtcNow() : null;

    private async Task<(bool IsHeld, JobListProblem? Problem)> AddSitemapAsync(JobRecord job, JobClaim claim, CancellationToken cancellationToken)
    {
        var url = new Uri(claim.Item.Url);
        // Checked again: the stored URL is not signed, and the allow-list may have changed since the request.
        if (RenderRules.CheckAllowed(url, origins.With(views.Current.Realms), isTrusted: true) is { } error)
        {
            throw new RequestException(error.Status, error.Reason, error.Detail);
        }

        using var http = clients.CreateClient(SitemapClient);
        var isOfSite = _site is not null && OriginAllowList.OriginOf(_site.Public) == OriginAllowList.OriginOf(url);
        var origin = new Uri(url.GetLeftPart(UriPartial.Authority));
        var urls = await new SitemapReader(http).ReadAsync(claim.Item.Url, new(origin, isOfSite ? _site!.Internal : origin), cancellationToken);
        return (await AddAsync(job, claim, urls.Select(static url => new JobItem(url)), cancellationToken), null);
    }

    private async Task<(bool IsHeld, JobListProblem? Problem)> AddStoredAsync(JobRecord job, JobClaim claim, CancellationToken cancellationToken)
    {
        var target = job.Definition.Publication;
        var selection = target is null ? job.Definition.Request.Recache! : claim.Item.Url.Length > 0 ? new() { Prefix = claim.Item.Url } : new() { Pattern = "*" };
        var filter = selection.Prefix is { } prefix ? $"prefix={Uri.EscapeDataString(prefix)}" : $"pattern={Uri.EscapeDataString(selection.Pattern!)}";
        string? after = null;
        var isEmpty = true;
        do
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"/_pages?{filter}&limit={PagesPerRequest}{(after is null ? "" : $"&after={Uri.EscapeDataString(after)}")}");
            var (list, problem) = (await pages.SendAsync(HttpMethod.Get, path, null, cancellationToken)).Read<StoredPages>();
            if (problem is not null)
            {
                throw new RequestException(problem.Status, problem.Reason!, problem.Detail!);
            }

            isEmpty &= list!.Pages.Count == 0;
            if (!await AddAsync(job, claim, list.Pages.GroupBy(static page => page.Url, StringComparer.Ordinal).Select(renditions => new JobItem(renditions.Key, IsUpToDate: target is not null && renditions.All(page => PublicationRules.IsFresh(target, page.State, page.Generation, page.StartedAt ?? page.RenderedAt)))), cancellationToken))
            {
                return (false, null);
            }

            after = list.Next;
        }
        while (after is not null);
        return (true, isEmpty ? JobRequestRules.NothingMatches(selection) : null);
    }

    // A URL that is too long is cut to a length that is still too long, so that its result says so. Whole, such URLs could take megabytes in Redis.
    private Task<bool> AddAsync(JobRecord job, JobClaim claim, IEnumerable<JobItem> items, CancellationToken cancellationToken) =>
        store.AddAsync(job.Id, claim, [.. items.Select(static item => item with { Url = item.Url.Truncate(RenderLimits.MaxUrlLength + 1) })], job.Definition.Request.MaxUrls ?? JobLimits.MaxUrls, cancellationToken);

    /// <summary>The members of the realm server's list of pages that are read.</summary>
    private sealed record StoredPages(IReadOnlyList<ListedPage> Pages, string? Next);

    private sealed record ListedPage(string Url, string State, long Generation, DateTimeOffset RenderedAt, DateTimeOffset? StartedAt = null);
}
