using Fleet.Contracts;
using Fleet.Manager.Servers;
using Fleet.Registry.Jobs;
using Fleet.ServiceDefaults;

namespace Fleet.Manager.Jobs;

/// <summary>Watches one page of a publication until it is fresh, and has it rendered while it is not.</summary>
internal sealed class PublicationUrls(SitePages pages, FleetViews views, TimeProvider timeProvider)
{
    private static readonly Backoff s_pause = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(2));

    /// <summary>Works on the page until there is a result, at the latest when the publication's time is over.</summary>
    /// <param name="target">When the page is fresh.</param>
    /// <param name="createdAt">When the publication was created.</param>
    /// <param name="result">The result as far as it is known.</param>
    /// <param name="cancellationToken">Ends the work without a result.</param>
    public async Task<JobUrlResult> RunAsync(PublicationTarget target, DateTimeOffset createdAt, JobUrlResult result, CancellationToken cancellationToken)
    {
        var (desktop, hasMobile) = await RunAsync(target, createdAt, result, Rendition.Desktop, cancellationToken);
        if (!hasMobile || desktop.Outcome != JobUrlOutcome.Succeeded)
        {
            return desktop;
        }

        var (mobile, _) = await RunAsync(target, createdAt, result, Rendition.Mobile, cancellationToken);
        return mobile.Outcome == JobUrlOutcome.Succeeded
            ? desktop with { DurationMs = desktop.DurationMs + mobile.DurationMs, Attempts = Math.Max(desktop.Attempts, mobile.Attempts) }
            : mobile with { Detail = $"The mobile rendition: {mobile.Detail}" };
    }

    private async Task<(JobUrlResult Result, bool HasMobile)> RunAsync(
        PublicationTarget target, DateTimeOffset createdAt, JobUrlResult result, Rendition rendition, CancellationToken cancellationToken)
    {
        var began = timeProvider.GetTimestamp();
        var watch = new PublicationWatch();
        if (PublicationRules.IsLate(target, createdAt, timeProvider.GetUtcNow()))
        {
            // Thousands of pages may be left, and checking each would take long.
            return (Result(PublicationRules.Next(target, new() { IsChecked = false, IsLate = true }).Result!, page: null), false);
        }

        var error = (JobAttempt?)null;
        for (var checks = 1; ; checks++)
        {
            var (inspected, problem) = await pages.InspectAsync(result.Url, cancellationToken);
            var page = rendition == Rendition.Mobile ? inspected?.Mobile : inspected;
            var elapsed = timeProvider.GetElapsedTime(began);
            watch.Record(page, isKnown: problem is null, elapsed);
            var now = timeProvider.GetUtcNow();
            var step = PublicationRules.Next(target, new()
            {
                IsChecked = true,
                Page = page,
                Error = problem is null ? error : SitePages.ErrorOf(problem),
                IsKnown = problem is null,
                Generation = views.Current.Shell?.Generation ?? 0,
                Renders = watch.Renders,
                Failures = watch.Failures,
                Failure = watch.Failure,
                IsRenderDue = watch.IsRenderDue(elapsed),
                IsLate = PublicationRules.IsLate(target, createdAt, now),
            });
            if (step.Result is { } end)
            {
                return (Result(end, page), inspected?.Mobile is not null);
            }

            if (step.IsRendered)
            {
                (_, error) = await pages.RecacheAsync(result.Url, inspected?.Mobile is null ? null : rendition, cancellationToken);
                if (error is null)
                {
                    watch.Queued(elapsed);
                    checks = 1;
                }
            }

            var (pause, left) = (s_pause.After(checks), createdAt + target.Timeout - now);
            await Task.Delay(left > TimeSpan.Zero && left < pause ? left : pause, timeProvider, cancellationToken);
        }

        JobUrlResult Result(JobUrlOutcomeOf end, SitePage? page) => result with
        {
            Outcome = end.Outcome,
            Reason = end.Reason,
            Detail = end.Detail,
            Status = page?.Stored?.Status ?? 0,
            Location = page?.Stored?.RedirectUrl,
            Record = end.Outcome == JobUrlOutcome.Succeeded ? null : page?.LastFailure?.Record ?? watch.Failure?.Record,
            DurationMs = Math.Round(timeProvider.GetElapsedTime(began).TotalMilliseconds, 1),
            Attempts = Math.Max(1, watch.Renders),
        };
    }
}
