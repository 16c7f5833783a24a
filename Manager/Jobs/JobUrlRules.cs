using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.ServiceDefaults;

namespace Fleet.Manager.Jobs;

/// <summary>Decides what follows an attempt to render a URL of a job.</summary>
internal static class JobUrlRules
{
    /// <summary>Maximum number of claims of a URL. Each but the last was lost because a manager ended or failed while the URL was in progress.</summary>
    public const int MaxClaims = 3;

    /// <summary>Maximum number of attempts that end without a verdict.</summary>
    private const int MaxUnknown = 3;

    private const int MaxDetail = 300;

    private static readonly TimeSpan s_maxPause = TimeSpan.FromSeconds(30);
    private static readonly Backoff s_backoff = new(TimeSpan.FromSeconds(1), s_maxPause);

    /// <summary>Reasons for which another attempt would end the same.</summary>
    private static readonly string[] s_final = ["quarantined", "too-deep", "no-host"];

    /// <summary>The next step: another attempt, or the result.</summary>
    /// <param name="attempt">How the attempt ended.</param>
    /// <param name="number">Its number; the first is 1.</param>
    /// <param name="elapsed">Time since the first attempt began.</param>
    /// <param name="timeout">How long a URL is tried again (<c>Jobs:UrlTimeout</c>).</param>
    public static JobUrlStep Next(JobAttempt attempt, int number, TimeSpan elapsed, TimeSpan timeout)
    {
        var pause = s_backoff.After(number) is var own && attempt.RetryAfter > own ? attempt.RetryAfter.Value : own;
        pause = pause < s_maxPause ? pause : s_maxPause;
        var isRetried = attempt switch
        {
            { Outcome: RenderOutcome.NoVerdict } => number < MaxUnknown,
            { Outcome: not null } => false,
            { ErrorStatus: 429 or 503 or 504 } => !s_final.Contains(attempt.Reason),
            _ => false,
        };
        return isRetried && elapsed + pause <= timeout ? new(pause, null)
            : new(null, attempt.Outcome is { } outcome ? OfPage(outcome, attempt) : OfError(attempt));
    }

    private static JobUrlOutcomeOf OfPage(RenderOutcome outcome, JobAttempt attempt) => outcome == RenderOutcome.Rendered && attempt.PageStatus < 400
        ? new(JobUrlOutcome.Succeeded, null, null)
        : new(outcome == RenderOutcome.NotAPage ? JobUrlOutcome.Skipped : JobUrlOutcome.Failed, ReasonOf(outcome), Cut(attempt.Detail ?? (attempt.PageStatus >= 400 ? $"The page has the status {attempt.PageStatus}." : null)));

    private static JobUrlOutcomeOf OfError(JobAttempt attempt) =>
        new(attempt.ErrorStatus is 400 or 401 or 403 or 404 ? JobUrlOutcome.Skipped : JobUrlOutcome.Failed, attempt.Reason, Cut(attempt.Detail));

    // The reasons of the problems of GET /render.
    private static string ReasonOf(RenderOutcome outcome) => outcome switch
    {
        RenderOutcome.TimedOut => "timed-out",
        RenderOutcome.Unauthorized => "unauthorized",
        RenderOutcome.Unusable => "unusable",
        RenderOutcome.NotAPage => "not-a-page",
        RenderOutcome.NoVerdict => "no-verdict",
        _ => "failed",
    };

    internal static string? Cut(string? text) => text?.TruncateToLine(MaxDetail);
}

/// <summary>How an attempt to render a URL ended: with the outcome of the page, or with an error.</summary>
/// <param name="Outcome">The outcome; null for an error.</param>
/// <param name="PageStatus">The page's own status.</param>
/// <param name="ErrorStatus">Status of the error; 0 for an outcome.</param>
/// <param name="Reason">Reason of the error.</param>
/// <param name="Detail">What happened, for people.</param>
/// <param name="RetryAfter">When to try again.</param>
internal readonly record struct JobAttempt(RenderOutcome? Outcome, int PageStatus = 0, int ErrorStatus = 0, string? Reason = null, string? Detail = null, TimeSpan? RetryAfter = null)
{
    public static JobAttempt Of(RenderAnswer answer) => answer.IsError
        ? new(null, 0, answer.RenderError.Status, answer.RenderError.Reason, answer.RenderError.Detail, answer.RenderError.RetryAfter)
        : answer.Content.IsEmptyPage() ? new(null, 0, StatusCodes.Status502BadGateway, RenderError.EmptyPage.Reason, RenderError.EmptyPage.Detail)
        : new(answer.Content.Summary.Outcome, answer.Content.Summary.Status, Detail: answer.Content.Summary.Outcome == RenderOutcome.Rendered ? null : answer.Content.ReadDiagnostics()?.Message);
}

/// <summary>What follows an attempt: another one after a pause, or the outcome.</summary>
/// <param name="Pause">Time until the next attempt; null when there is none.</param>
/// <param name="Result">The outcome; null when there is another attempt.</param>
internal readonly record struct JobUrlStep(TimeSpan? Pause, JobUrlOutcomeOf? Result);

/// <summary>The outcome of a URL, and why.</summary>
internal sealed record JobUrlOutcomeOf(JobUrlOutcome Outcome, string? Reason, string? Detail);
