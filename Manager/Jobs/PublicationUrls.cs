using Fleet.Contracts;
using Fleet.Manager.Servers;
using Fleet.Registry.Jobs;
using Fleet.ServiceDefaults;

namespace Fleet.Manager.Jobs;

/// <summary>Watches one page of a publication until it is fresh, and has it rendered while it is not.</summary>
internal sealed class PublicationUrls(SitePages pages, FleetViews views, TimeProvider timeProvider)
{
    private static readonly Backoff s_look = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(2));

    /// <summary>Works on the page until there is a result, at the latest when the publication's time is over.</summary>
    /// <param name="target">When the page is fresh.</param>
    /// <param name="createdAt">When the publication was created.</param>
    /// <param name="result">The result as far as it is known.</param>
    /// <param name="cancellationToken">Ends the work without a result.</param>
    public async Task<JobUrlResult> RunAsync(PublicationTarget target, DateTimeOffset createdAt, JobUrlResult result, CancellationToken cancellationToken)
    {
        var began = timeProvider.GetTimestamp();
        var (renders, error) = (0, (JobAttempt?)null);
        for (var looks = 1; ; looks++)
        {
            var (page, problem) = await pages.InspectAsync(result.Url, cancellationToken);
            var now = new PublicationLook
            {
                Page = page,
                Error = problem is null ? error : SitePages.ErrorOf(problem),
                IsKnown = problem is null,
                Generation = views.Current.Shell?.Generation ?? 0,
                Renders = renders,
                IsLate = timeProvider.GetUtcNow() - createdAt >= target.Timeout,
            };
            var step = PublicationRules.Next(target, now);
            if (step.Result is { } end)
            {
                return result with
                {
                    Outcome = end.Outcome,
                    Reason = end.Reason,
                    Detail = end.Detail,
                    Status = page?.Stored?.Status ?? 0,
                    Location = page?.Stored?.RedirectUrl,
                    Record = end.Outcome == JobUrlOutcome.Succeeded ? null : page?.LastFailure?.Record,
                    DurationMs = Math.Round(timeProvider.GetElapsedTime(began).TotalMilliseconds, 1),
                    Attempts = Math.Max(1, renders),
                };
            }

            if (step.IsRendered)
            {
                (_, error) = await pages.RecacheAsync(result.Url, cancellationToken);
                (renders, looks) = error is null ? (renders + 1, 1) : (renders, looks);
            }

            await Task.Delay(s_look.After(looks), timeProvider, cancellationToken);
        }
    }
}
