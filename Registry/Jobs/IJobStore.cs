using Fleet.Contracts;

namespace Fleet.Registry.Jobs;

/// <summary>
/// Keeps jobs: their URLs, which of them are in progress, and the results. Any manager may claim URLs of a job. A claim ends with its lease, and another manager may then
/// claim the URL. Only the holder of the claim can record the result, so each URL gets one result. An ended job is kept for a time and then expires.
/// </summary>
public interface IJobStore
{
    /// <summary>Creates a job, unless too many have not ended yet, or the key was used before.</summary>
    /// <param name="id">Its id. Ids sort by time of creation.</param>
    /// <param name="definition">What it does.</param>
    /// <param name="items">Its first items, without duplicates.</param>
    /// <param name="key">The caller's key for this request; null for none.</param>
    /// <param name="maxActive">Maximum number of jobs that have not ended.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    Task<JobCreation> CreateAsync(string id, JobDefinition definition, IReadOnlyList<JobItem> items, JobKey? key, int maxActive, CancellationToken cancellationToken);

    /// <summary>The job; null when there is none.</summary>
    Task<JobRecord?> GetAsync(string id, CancellationToken cancellationToken);

    /// <summary>The ids of all jobs, the newest first. Some may have expired.</summary>
    Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken);

    /// <summary>The ids of the jobs that have not ended, the oldest first.</summary>
    Task<IReadOnlyList<string>> ListActiveAsync(CancellationToken cancellationToken);

    /// <summary>Claims items: first those whose claim has expired, then those that no manager has begun.</summary>
    /// <param name="id">The job.</param>
    /// <param name="token">Identifies these claims; never used before.</param>
    /// <param name="count">Maximum number of items.</param>
    /// <param name="maxClaims">Maximum number of items of the job in progress, in all managers together.</param>
    /// <param name="lease">Duration of the claims.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    Task<IReadOnlyList<JobClaim>> ClaimAsync(string id, string token, int count, int maxClaims, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Extends claims that are still the caller's.</summary>
    /// <returns>The job's state; null when the job is gone.</returns>
    Task<JobState?> RenewAsync(string id, IReadOnlyList<JobClaim> claims, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Gives claims back, so that another manager can claim the items at once. They do not count as attempts.</summary>
    Task ReleaseAsync(string id, IReadOnlyList<JobClaim> claims, CancellationToken cancellationToken);

    /// <summary>Adds URLs that a claimed item has found. A URL that the job has already is ignored, so repeating is harmless.</summary>
    /// <param name="id">The job.</param>
    /// <param name="claim">The claimed item.</param>
    /// <param name="items">The URLs.</param>
    /// <param name="maxUrls">Maximum number of URLs of the job; others are counted as omitted.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>False when the claim is no longer the caller's.</returns>
    Task<bool> AddAsync(string id, JobClaim claim, IReadOnlyList<JobItem> items, int maxUrls, CancellationToken cancellationToken);

    /// <summary>Records the result of a claimed URL. The last item completes the job.</summary>
    /// <param name="id">The job.</param>
    /// <param name="claim">The claimed item.</param>
    /// <param name="result">The result.</param>
    /// <param name="maxBytes">Maximum size of the job's results; beyond it, <see cref="JobResultRules.Shorten"/> is recorded.</param>
    /// <param name="keep">How long the job is kept when it is completed.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>False when the claim is no longer the caller's; nothing was recorded then.</returns>
    Task<bool> CompleteAsync(string id, JobClaim claim, JobUrlResult result, long maxBytes, TimeSpan keep, CancellationToken cancellationToken);

    /// <summary>Records that a claimed list has been read. The last item completes the job.</summary>
    /// <param name="id">The job.</param>
    /// <param name="claim">The claimed item.</param>
    /// <param name="problem">What is wrong with the list, as the job's reason and detail; null if nothing. Of several lists, the last one counts.</param>
    /// <param name="keep">How long the job is kept when it is completed.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>False when the claim is no longer the caller's; nothing was recorded then.</returns>
    Task<bool> CompleteListAsync(string id, JobClaim claim, JobListProblem? problem, TimeSpan keep, CancellationToken cancellationToken);

    /// <summary>Ends a job before all URLs are done.</summary>
    /// <param name="id">The job.</param>
    /// <param name="state">The state to end in.</param>
    /// <param name="reason">Why, for programs.</param>
    /// <param name="detail">Why, for people.</param>
    /// <param name="keep">How long the job is kept.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>False when it had ended before, or does not exist.</returns>
    Task<bool> EndAsync(string id, JobState state, string reason, string detail, TimeSpan keep, CancellationToken cancellationToken);

    /// <summary>Results in the order in which they were recorded.</summary>
    /// <param name="id">The job.</param>
    /// <param name="first">Number of results to skip.</param>
    /// <param name="count">Maximum number of results.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    Task<IReadOnlyList<JobUrlResult>> ReadResultsAsync(string id, int first, int count, CancellationToken cancellationToken);

    /// <summary>Removes an ended job, or the entry of one that has expired. Does nothing to others.</summary>
    Task RemoveAsync(string id, CancellationToken cancellationToken);

    /// <summary>Takes a webhook that is due, so that no other manager sends it before the lease ends.</summary>
    /// <returns>The job's id; null when none is due.</returns>
    Task<string?> TakeWebhookAsync(TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Records an attempt to send a webhook.</summary>
    /// <param name="id">The job.</param>
    /// <param name="webhook">Its new state; a pending one is due again after <paramref name="pause"/>.</param>
    /// <param name="pause">Time until the next attempt.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    Task RecordWebhookAsync(string id, JobWebhook webhook, TimeSpan pause, CancellationToken cancellationToken);
}

/// <summary>What a job does, as it was requested.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Request">The request, without its lists of URLs, which are items of the job.</param>
/// <param name="Publication">When a page of a publication is fresh; null for other kinds.</param>
public sealed record JobDefinition(JobKind Kind, JobRequest Request, PublicationTarget? Publication = null);

/// <summary>When a page of a publication is fresh.</summary>
/// <param name="Generation">It was rendered on this generation of the host shell.</param>
/// <param name="RenderedAfter">Its render began at or after this time; null for any time.</param>
/// <param name="Timeout">How long the publication waits, from its creation.</param>
public sealed record PublicationTarget(long Generation, DateTimeOffset? RenderedAfter, TimeSpan Timeout);

/// <summary>A unit of work of a job: a URL, or a list of URLs that are not known yet.</summary>
/// <param name="Url">The URL; for a list, of the sitemap, or empty for a selection of stored pages.</param>
/// <param name="Depth">Number of links between the start of a crawl and the page.</param>
/// <param name="IsList">Whether the item lists URLs. It has no result.</param>
/// <param name="IsUpToDate">Whether there is nothing to do for the URL. It is only counted, once, and never claimed.</param>
public sealed record JobItem(string Url, int Depth = 0, bool IsList = false, bool IsUpToDate = false);

/// <summary>What is wrong with a list of URLs.</summary>
/// <param name="Reason">For programs.</param>
/// <param name="Detail">For people.</param>
public sealed record JobListProblem(string Reason, string Detail);

/// <summary>The right to work on an item until the lease ends.</summary>
/// <param name="Index">Number of the item in the job.</param>
/// <param name="Token">Identifies the claim.</param>
/// <param name="Attempt">How often the item was claimed, this time included.</param>
/// <param name="Item">The item.</param>
public sealed record JobClaim(int Index, string Token, int Attempt, JobItem Item);

/// <summary>A caller's key for a request.</summary>
/// <param name="Key">The key.</param>
/// <param name="Fingerprint">Fingerprint of the request; it detects a key that is reused for a different request.</param>
/// <param name="TimeToLive">How long the key is remembered.</param>
public sealed record JobKey(string Key, string Fingerprint, TimeSpan TimeToLive);

/// <summary>The result of a request for a job.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Id">The id of the job; null when there is none.</param>
public sealed record JobCreation(JobCreationOutcome Outcome, string? Id = null);

/// <summary>The outcome of a request for a job.</summary>
public enum JobCreationOutcome
{
    /// <summary>The job was created.</summary>
    Created,

    /// <summary>The same request was made before; the job is that of the first one.</summary>
    Repeated,

    /// <summary>The key was used for a different request.</summary>
    KeyReused,

    /// <summary>Too many jobs have not ended.</summary>
    Full,
}

/// <summary>A job as it is stored.</summary>
public sealed record JobRecord
{
    /// <summary>The id.</summary>
    public required string Id { get; init; }

    /// <summary>What it does.</summary>
    public required JobDefinition Definition { get; init; }

    /// <inheritdoc cref="JobStatus.State"/>
    public required JobState State { get; init; }

    /// <inheritdoc cref="JobStatus.CreatedAt"/>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <inheritdoc cref="JobStatus.StartedAt"/>
    public DateTimeOffset? StartedAt { get; init; }

    /// <inheritdoc cref="JobStatus.EndedAt"/>
    public DateTimeOffset? EndedAt { get; init; }

    /// <inheritdoc cref="JobStatus.Reason"/>
    public string? Reason { get; init; }

    /// <inheritdoc cref="JobStatus.Detail"/>
    public string? Detail { get; init; }

    /// <inheritdoc cref="JobStatus.Total"/>
    public int Total { get; init; }

    /// <inheritdoc cref="JobStatus.Succeeded"/>
    public int Succeeded { get; init; }

    /// <inheritdoc cref="JobStatus.Failed"/>
    public int Failed { get; init; }

    /// <inheritdoc cref="JobStatus.Skipped"/>
    public int Skipped { get; init; }

    /// <summary>Size of the results as they are stored, in bytes.</summary>
    public long ResultBytes { get; init; }

    /// <inheritdoc cref="JobStatus.Omitted"/>
    public int Omitted { get; init; }

    /// <summary>Number of URLs that were found and had nothing to be done for. <see cref="Total"/> does not count them.</summary>
    public int UpToDate { get; init; }

    /// <inheritdoc cref="JobStatus.Webhook"/>
    public JobWebhook? Webhook { get; init; }

    /// <summary>When the oldest of the last <see cref="Window"/> results was recorded; null without results.</summary>
    public DateTimeOffset? WindowStart { get; init; }

    /// <summary>The time of the registry's clock when the job was read.</summary>
    public required DateTimeOffset ReadAt { get; init; }

    /// <summary>Number of results that the rate is measured over.</summary>
    public const int Window = 100;

    /// <inheritdoc cref="JobStatus.Done"/>
    public int Done => Succeeded + Failed + Skipped;

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => State is not (JobState.Queued or JobState.Running);
}
