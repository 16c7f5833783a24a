using System.Globalization;
using System.Text;
using Fleet.Contracts;
using Fleet.Manager.Pipeline;
using Fleet.Manager.Rendering;
using Fleet.Manager.Servers;
using Fleet.Registry.Jobs;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Markdown;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Jobs;

/// <summary>Does the work of one URL of a job, with as many attempts as <see cref="JobUrlRules"/> allows.</summary>
internal sealed class JobUrls(RenderPipeline pipeline, SitePages pages, PublicationUrls publications, AllowedOrigins origins, FleetViews views, IOptions<JobsOptions> options, TimeProvider timeProvider)
{
    /// <summary>Interval of the polls for a page that is being recached.</summary>
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);

    /// <summary>Number of polls in a row without a render in progress, 10 s, after which the render counts as lost.</summary>
    private const int MaxIdleLooks = 20;

    /// <summary>How much older than its request a page may seem: ages are whole seconds.</summary>
    private static readonly TimeSpan s_ageTolerance = TimeSpan.FromSeconds(1);

    /// <summary>Works on a URL until there is a result.</summary>
    /// <param name="job">The job.</param>
    /// <param name="claim">The claim of the URL.</param>
    /// <param name="cancellationToken">Ends the work without a result.</param>
    /// <returns>The result, and the links that a crawl follows.</returns>
    public async Task<(JobUrlResult Result, IReadOnlyList<JobItem> Links)> RunAsync(JobRecord job, JobClaim claim, CancellationToken cancellationToken)
    {
        if (claim.Attempt > JobUrlRules.MaxClaims)
        {
            return (ResultOf(claim) with
            {
                Outcome = JobUrlOutcome.Failed,
                Reason = "abandoned",
                Detail = $"Managers ended or failed {JobUrlRules.MaxClaims} times while they had this URL in progress.",
                Attempts = JobUrlRules.MaxClaims,
            }, []);
        }

        if (job.Definition.Publication is { } target)
        {
            return (await publications.RunAsync(target, job.CreatedAt, ResultOf(claim), cancellationToken), []);
        }

        var began = timeProvider.GetTimestamp();
        for (var number = 1; ; number++)
        {
            var attempted = timeProvider.GetTimestamp();
            var (attempt, result, links) = job.Definition.Kind == JobKind.Recache
                ? await RecacheAsync(claim, cancellationToken)
                : await RenderAsync(job, claim, cancellationToken);
            var step = JobUrlRules.Next(attempt, number, timeProvider.GetElapsedTime(began), options.Value.UrlTimeout);
            if (step.Result is { } outcome)
            {
                return (result with
                {
                    Outcome = outcome.Outcome,
                    Reason = outcome.Reason,
                    Detail = outcome.Detail ?? result.Detail,
                    DurationMs = Math.Round(timeProvider.GetElapsedTime(attempted).TotalMilliseconds, 1),
                    Attempts = number,
                }, links);
            }

            await Task.Delay(step.Pause!.Value, timeProvider, cancellationToken);
        }
    }

    private static JobUrlResult ResultOf(JobClaim claim) => new() { Url = claim.Item.Url, Outcome = JobUrlOutcome.Succeeded, Depth = claim.Item.Depth };

    private async Task<(JobAttempt Attempt, JobUrlResult Result, IReadOnlyList<JobItem> Links)> RenderAsync(JobRecord job, JobClaim claim, CancellationToken cancellationToken)
    {
        var scope = job.Definition.Request.Crawl is { } crawl ? new CrawlScope(crawl with { Start = origins.With(views.Current.Realms).Normalize(crawl.Start) }) : null;
        var request = JobRequestRules.RenderOf(job.Definition.Request) with { Url = claim.Item.Url, Priority = 0 };
        var call = new RenderCall(request, string.Create(CultureInfo.InvariantCulture, $"job-{job.Id}-{claim.Index}")) { HasKey = true, Document = scope is not null, IsFresh = true };
        var answer = await pipeline.RenderAsync(call, cancellationToken);
        using var content = answer.Content;
        var result = ResultOf(claim) with { Status = content?.Summary.Status ?? 0, Location = content?.Summary.Location, Record = content?.Summary.Record };
        if (scope is null || content is not { Summary.Outcome: RenderOutcome.Rendered })
        {
            return (JobAttempt.Of(answer), result, []);
        }

        var (links, note) = await LinksAsync(content, call.Request.Url, cancellationToken);
        return (JobAttempt.Of(answer), result with { Detail = note },
            claim.Item.Depth >= scope.MaxDepth ? [] : [.. links.Where(scope.Contains).Select(link => new JobItem(link, claim.Item.Depth + 1))]);
    }

    // A redirect of a crawled page is followed like a link.
    private static async Task<(IReadOnlyList<string> Links, string? Note)> LinksAsync(RenderContent content, string url, CancellationToken cancellationToken)
    {
        List<string> target = content.Summary.Location is { } location && Uri.TryCreate(new(url), location, out var absolute) ? [ExactUrl.WithoutFragment(ExactUrl.Of(absolute))] : [];
        if (target.Count > 0)
        {
            return (target, null);
        }

        using var body = new BoundedBody(PageLinks.MaxLength);
        try
        {
            await content.CopyToAsync(body, cancellationToken);
        }
        catch (BodyTooLongException)
        {
            return ([], $"Its links were not read: the document has more than {PageLinks.MaxLength} bytes.");
        }
        catch (BrokenBodyException e)
        {
            return ([], $"Its links were not read: {e.Message}.");
        }

        var html = Encoding.UTF8.GetString(body.Bytes);
        if (HtmlDepth.Estimate(html) > PageLinks.MaxDepth)
        {
            return ([], "Its links were not read: the document is nested too deeply.");
        }

        return (PageLinks.Read(html, url), null);
    }

    private async Task<(JobAttempt Attempt, JobUrlResult Result, IReadOnlyList<JobItem> Links)> RecacheAsync(JobClaim claim, CancellationToken cancellationToken)
    {
        var asked = timeProvider.GetTimestamp();
        var result = ResultOf(claim);
        var (url, error) = await pages.RecacheAsync(claim.Item.Url, rendition: null, cancellationToken);
        if (error is { } attempt)
        {
            return (attempt, result, []);
        }

        for (var idle = 0; timeProvider.GetElapsedTime(asked) < options.Value.UrlTimeout && idle < MaxIdleLooks;)
        {
            await Task.Delay(s_look, timeProvider, cancellationToken);
            var (state, _) = await pages.InspectAsync(url!, cancellationToken);
            var youngest = timeProvider.GetElapsedTime(asked) + s_ageTolerance;
            var left = state?.Renditions.Where(rendition => rendition.Stored is not { } page || TimeSpan.FromSeconds(page.AgeSeconds) > youngest).ToList();
            if (left is [])
            {
                // If one rendition has an error status, it is the status of the page.
                var stored = state!.Renditions.Select(static rendition => rendition.Stored!).MaxBy(static page => page.Status)!;
                return (new(RenderOutcome.Rendered, stored.Status), result with { Status = stored.Status, Location = stored.RedirectUrl }, []);
            }

            if (left?.Find(static rendition => rendition is { Pending: false, LastFailure: not null })?.LastFailure is { } failure)
            {
                return (new(RenderOutcome.Failed, Detail: failure.Reason), result with { Record = failure.Record }, []);
            }

            idle = left?.Exists(static rendition => rendition.Pending) == true ? 0 : idle + 1;
        }

        // Also after a restart of the realm server, which loses its queue. Repeating the request while another realm server renders the page is harmless.
        return (new(RenderOutcome.NoVerdict, Detail: "The page was not stored, and the realm server that answers has no render of it in progress."), result, []);
    }
}
