namespace Fleet.Contracts;

/// <summary>A job. Body of <c>GET /jobs/{id}</c>.</summary>
public sealed record JobStatus
{
    /// <summary>The id.</summary>
    public required string Id { get; init; }

    /// <summary>What the job does.</summary>
    public required JobKind Kind { get; init; }

    /// <summary>Where its URLs come from: the sitemap, the start of the crawl, the selection; null for a list of URLs.</summary>
    public string? Source { get; init; }

    /// <summary>The state.</summary>
    public required JobState State { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the first URL was begun; null before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why it failed or was cancelled, or <c>nothing-matches</c> of a publication, for programs; null otherwise.</summary>
    public string? Reason { get; init; }

    /// <summary>Explains <see cref="Reason"/> for people; null without one.</summary>
    public string? Detail { get; init; }

    /// <summary>Number of URLs that are known so far. It grows while a sitemap is read, and during a crawl.</summary>
    public int Total { get; init; }

    /// <summary>Number of URLs with a result.</summary>
    public int Done { get; init; }

    /// <summary>Number of URLs by outcome.</summary>
    public int Succeeded { get; init; }

    /// <inheritdoc cref="Succeeded"/>
    public int Failed { get; init; }

    /// <inheritdoc cref="Succeeded"/>
    public int Skipped { get; init; }

    /// <summary>Number of URLs that were found beyond the maximum number of URLs, and are not part of the job.</summary>
    public int Omitted { get; init; }

    /// <summary>URLs per second over the last 100 results; null when the job is not running or has too few results.</summary>
    public double? UrlsPerSecond { get; init; }

    /// <summary>Estimated time until all known URLs are done, in seconds; null when the rate is not known.</summary>
    public long? SecondsLeft { get; init; }

    /// <summary>The webhook; null when there is none.</summary>
    public JobWebhook? Webhook { get; init; }
}

/// <summary>What a job does.</summary>
public enum JobKind
{
    /// <summary>Renders a list of URLs.</summary>
    Batch,

    /// <summary>Renders the URLs of a sitemap.</summary>
    Sitemap,

    /// <summary>Renders pages and follows their links.</summary>
    Crawl,

    /// <summary>Renders and stores pages of the site again.</summary>
    Recache,

    /// <summary>Renders and stores the pages of the site that are not fresh: <c>POST /publications</c>.</summary>
    Publication,
}

/// <summary>State of a job.</summary>
public enum JobState
{
    /// <summary>No URL was begun yet.</summary>
    Queued,

    /// <summary>URLs are in progress.</summary>
    Running,

    /// <summary>Every URL has a result.</summary>
    Completed,

    /// <summary>An operator cancelled it. URLs without a result were not finished.</summary>
    Cancelled,

    /// <summary>It cannot continue: <see cref="JobStatus.Reason"/>. URLs without a result were not finished.</summary>
    Failed,
}

/// <summary>The notification at the end of a job.</summary>
/// <param name="Url">Where it is sent.</param>
/// <param name="State">Its state.</param>
/// <param name="Attempts">Number of attempts so far.</param>
/// <param name="Detail">Why the last attempt failed; null otherwise.</param>
public sealed record JobWebhook(string Url, JobWebhookState State, int Attempts, string? Detail = null);

/// <summary>State of a webhook.</summary>
public enum JobWebhookState
{
    /// <summary>The job has not ended, or the next attempt is due later.</summary>
    Pending,

    /// <summary>The receiver answered with a status of 2xx.</summary>
    Delivered,

    /// <summary>All attempts failed.</summary>
    Failed,
}

/// <summary>Jobs, the newest first. Body of <c>GET /jobs</c>.</summary>
/// <param name="Jobs">The jobs.</param>
/// <param name="Next">The <c>cursor</c> of the jobs that follow; null when there are none.</param>
public sealed record JobList(IReadOnlyList<JobStatus> Jobs, string? Next = null);

/// <summary>Results of a job, in the order in which the URLs were done. Body of <c>GET /jobs/{id}/results</c>.</summary>
/// <param name="Results">The results.</param>
/// <param name="Next">The <c>cursor</c> of the results that follow; null when the job has ended and none follow.</param>
public sealed record JobResults(IReadOnlyList<JobUrlResult> Results, string? Next = null);

/// <summary>The result of one URL of a job. Each URL has at most one.</summary>
public sealed record JobUrlResult
{
    /// <summary>The URL.</summary>
    public required string Url { get; init; }

    /// <summary>The outcome.</summary>
    public required JobUrlOutcome Outcome { get; init; }

    /// <summary>The page's own HTTP status; 0 when it set none, or was not rendered.</summary>
    public int Status { get; init; }

    /// <summary>Where the page redirects to; null when it does not.</summary>
    public string? Location { get; init; }

    /// <summary>Why the URL failed or was skipped, for programs; null when it succeeded.</summary>
    public string? Reason { get; init; }

    /// <summary>Why the URL failed or was skipped, or what is missing, for people; at most 300 characters.</summary>
    public string? Detail { get; init; }

    /// <summary>Number of links between the start of a crawl and the page; 0 for other jobs.</summary>
    public int Depth { get; init; }

    /// <summary>Duration of the last attempt, in milliseconds.</summary>
    public double DurationMs { get; init; }

    /// <summary>Number of attempts.</summary>
    public int Attempts { get; init; }

    /// <summary>Path of the record of a failed render; null when there is none.</summary>
    public string? Record { get; init; }

    /// <summary>When the result was written, by the registry's clock.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>Outcome of one URL of a job.</summary>
public enum JobUrlOutcome
{
    /// <summary>The page was rendered, with a status below 400.</summary>
    Succeeded,

    /// <summary>The page failed, or could not be rendered.</summary>
    Failed,

    /// <summary>The URL was not rendered, because it may not be.</summary>
    Skipped,
}
