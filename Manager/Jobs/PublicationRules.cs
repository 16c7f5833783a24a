using System.Globalization;
using Fleet.Contracts;
using Fleet.Registry.Jobs;
using Fleet.ServiceDefaults;

namespace Fleet.Manager.Jobs;

/// <summary>Decides about publications: what a request must look like, and what follows a check of one of their pages.</summary>
internal static class PublicationRules
{
    /// <summary>Maximum number of failed renders of a page: right after a deploy, some servers may still be on the shell before.</summary>
    private const int MaxFailures = 3;

    private const int DefaultTimeoutSeconds = 600;
    private const string Outdated = "outdated";
    private const string Capped = "capped";

    private static readonly TimeSpan s_clockTolerance = TimeSpan.FromMinutes(1);

    /// <summary>All validation errors; empty when the request is valid.</summary>
    /// <param name="request">The request.</param>
    /// <param name="webhooks">Origins to which webhooks may be sent.</param>
    /// <param name="now">The current time.</param>
    public static IReadOnlyList<FieldError> Check(PublicationRequest request, OriginAllowList webhooks, DateTimeOffset now) =>
    [
        .. new[]
        {
            request is { Urls: null, Prefixes: null, Since: null } ? new FieldError("urls", "At least one of urls, prefixes, since must be given; the body has none.") : null,
            JobRequestRules.CheckUrls("urls", request.Urls, areOfTheSite: true),
            request.Prefixes is { Count: 0 or > PublicationLimits.MaxPrefixes } prefixes
                ? new("prefixes", $"'prefixes' has {prefixes.Count} texts: it must have 1 to {PublicationLimits.MaxPrefixes}.") : null,
            request.Prefixes?.Select(static (prefix, place) => JobRequestRules.CheckPrefix($"prefixes[{place}]", prefix ?? "")).FirstOrDefault(static error => error is not null),
            request.Since < 0 ? new("since", $"'since' is {request.Since}: it must be 0 or more.") : null,
            request.RenderedAfter is { } after && after > now + s_clockTolerance
                ? new("renderedAfter", string.Create(CultureInfo.InvariantCulture, $"'renderedAfter' is {after:O}: it must not be in the future; it is {now:O}.")) : null,
            JobRequestRules.CheckNumber("timeoutSeconds", request.TimeoutSeconds, 1, PublicationLimits.MaxTimeoutSeconds),
            JobRequestRules.CheckWebhook(request.Webhook, webhooks),
        }.OfType<FieldError>(),
    ];

    /// <summary>The error of the parameter <c>wait</c>; null when it is valid or not given.</summary>
    public static FieldError? CheckWait(int? wait) => JobRequestRules.CheckNumber("wait", wait, 0, PublicationLimits.MaxWaitSeconds);

    /// <summary>The work of a valid request, and the first items of its job.</summary>
    /// <param name="request">The request.</param>
    /// <param name="generation">The generation on which its pages must be fresh.</param>
    public static (JobDefinition Definition, IReadOnlyList<JobItem> Items) Define(PublicationRequest request, long generation)
    {
        var timeout = TimeSpan.FromSeconds(request.TimeoutSeconds ?? DefaultTimeoutSeconds);
        var prefixes = request.Prefixes ?? (request.Urls is null ? [""] : []);
        return (
            new(JobKind.Publication, new() { Webhook = request.Webhook }, new(generation, request.RenderedAfter, timeout)),
            [.. JobRequestRules.ItemsOf(request.Urls ?? []), .. prefixes.Distinct(StringComparer.Ordinal).Select(static prefix => new JobItem(prefix, IsList: true))]);
    }

    /// <summary>What follows a check of a page: its result, a render, or another check.</summary>
    public static PublicationStep Next(PublicationTarget target, PublicationCheck check)
    {
        if (!check.IsChecked)
        {
            return PublicationStep.End(JobUrlOutcome.Failed, "not-checked", $"Not checked within {target.Timeout.TotalSeconds:0} s.");
        }

        if (check.Page?.Stored is { } stored && IsFresh(target, stored))
        {
            return PublicationStep.End(JobUrlOutcome.Succeeded, null, stored.State == Capped ? "The page was captured before it had settled." : null);
        }

        if (Math.Max(check.Generation, check.Page?.Stored?.Generation ?? 0) is var generation && generation > target.Generation)
        {
            return PublicationStep.End(JobUrlOutcome.Failed, "superseded", $"Generation {generation} became current before the page was fresh on {target.Generation}.");
        }

        if (check.Error is { ErrorStatus: >= 400 and < 500 and not 429 } refused)
        {
            return PublicationStep.End(refused.Reason == "no-realm-server" ? JobUrlOutcome.Failed : JobUrlOutcome.Skipped, refused.Reason == "invalid-request" ? "refused" : refused.Reason, refused.Detail);
        }

        var isPending = check.Page is { Pending: true };
        if (check.Failures >= MaxFailures && check.IsKnown && !isPending)
        {
            return PublicationStep.End(JobUrlOutcome.Failed, "failed", check.Failure?.Reason);
        }

        if (check.IsLate)
        {
            var waited = $"Not fresh within {target.Timeout.TotalSeconds:0} s: ";
            var why = check.Error?.Detail ?? check.Page?.LastFailure?.Reason ?? check.Failure?.Reason
                ?? (isPending ? "its render is queued or in progress." : check.Renders == 0 ? "it was not rendered." : $"{check.Renders} renders were queued, and no failure is known.");
            return check.Page?.Stored is { } old
                ? PublicationStep.End(
                    JobUrlOutcome.Failed, old.Generation == target.Generation ? Outdated : "stale", $"{waited}the stored page is of generation {old.Generation}, {old.RenderedAt:O}; {why}")
                : PublicationStep.End(JobUrlOutcome.Failed, check.IsKnown ? "not-stored" : check.Error?.Reason ?? "not-stored", $"{waited}no page is stored; {why}");
        }

        return check.IsKnown && !isPending && check.IsRenderDue ? PublicationStep.Render : PublicationStep.Wait;
    }

    /// <summary>Whether the time of a publication is over.</summary>
    public static bool IsLate(PublicationTarget target, DateTimeOffset createdAt, DateTimeOffset now) => now - createdAt >= target.Timeout;

    /// <summary>Whether a stored page is fresh.</summary>
    public static bool IsFresh(PublicationTarget target, SitePageStored page) => IsFresh(target, page.State, page.Generation, page.StartedAt ?? page.RenderedAt);

    /// <inheritdoc cref="IsFresh(PublicationTarget, SitePageStored)"/>
    /// <param name="target">When the page is fresh.</param>
    /// <param name="state">Its state.</param>
    /// <param name="generation">Generation of the host shell that it was rendered on.</param>
    /// <param name="startedAt">When its render began: a render may read content at any time after that.</param>
    public static bool IsFresh(PublicationTarget target, string state, long generation, DateTimeOffset startedAt) =>
        state != Outdated && generation == target.Generation && !(startedAt < target.RenderedAfter);

}

/// <summary>A check of a page of a publication.</summary>
internal readonly record struct PublicationCheck
{
    /// <summary>What the realm server knows of the page; null if nothing.</summary>
    public SitePage? Page { get; init; }

    /// <summary>Why the realm server did not answer, or did not queue the last render; null otherwise.</summary>
    public JobAttempt? Error { get; init; }

    /// <summary>Whether the realm server answered.</summary>
    public bool IsKnown { get; init; }

    /// <summary>The fleet's generation; 0 if it is not known.</summary>
    public long Generation { get; init; }

    /// <summary>Whether the realm server was asked; false if the publication's time was over before.</summary>
    public required bool IsChecked { get; init; }

    /// <inheritdoc cref="PublicationWatch.Renders"/>
    public int Renders { get; init; }

    /// <inheritdoc cref="PublicationWatch.Failures"/>
    public int Failures { get; init; }

    /// <inheritdoc cref="PublicationWatch.Failure"/>
    public SitePageFailure? Failure { get; init; }

    /// <inheritdoc cref="PublicationWatch.IsRenderDue"/>
    public bool IsRenderDue { get; init; }

    /// <summary>Whether the publication's time is over.</summary>
    public bool IsLate { get; init; }
}

/// <summary>What follows a check.</summary>
/// <param name="IsRendered">Whether the page is rendered.</param>
/// <param name="Result">The result; null when there is another check.</param>
internal readonly record struct PublicationStep(bool IsRendered, JobUrlOutcomeOf? Result)
{
    public static PublicationStep Render { get; } = new(true, null);

    public static PublicationStep Wait { get; }

    public static PublicationStep End(JobUrlOutcome outcome, string? reason, string? detail) => new(false, new(outcome, reason, JobUrlRules.Cut(detail)));
}
