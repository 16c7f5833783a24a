namespace Fleet.Contracts;

/// <summary>Limits of publications. Exceeding one is a 400 or 413 that names field, value and limit.</summary>
public static class PublicationLimits
{
    /// <summary>Maximum number of prefixes.</summary>
    public const int MaxPrefixes = 50;

    /// <summary>Maximum time until a publication ends, in seconds: 1 day.</summary>
    public const int MaxTimeoutSeconds = 86_400;

    /// <summary>Maximum time that a request waits for the end of a publication, in seconds.</summary>
    public const int MaxWaitSeconds = 60;

    /// <summary>Maximum number of pages that <see cref="Publication.NotFresh"/> lists.</summary>
    public const int MaxListed = 100;
}

/// <summary>Asks when pages of the site are fresh on the current host shell: at least one of <see cref="Urls"/>, <see cref="Prefixes"/> and <see cref="Since"/>.
/// Body of <c>POST /publications</c>.</summary>
public sealed record PublicationRequest
{
    /// <summary>URLs of the site, absolute or as a path, 1 to <see cref="JobLimits.MaxUrls"/>. A page that is not stored is rendered.</summary>
    public IReadOnlyList<string>? Urls { get; init; }

    /// <summary>The stored pages whose URL begins with one of these texts, absolute or as a path, 1 to <see cref="PublicationLimits.MaxPrefixes"/>. At least one page must match each.</summary>
    public IReadOnlyList<string>? Prefixes { get; init; }

    /// <summary>A generation of the host shell, 0 or more: the pages must be fresh on a later one. Without <see cref="Urls"/> and <see cref="Prefixes"/>, all stored pages.
    /// Default: the generation that is current when the request arrives suffices.</summary>
    public long? Since { get; init; }

    /// <summary>The renders of the pages must have begun at or after this time, which may not be in the future. Default: any time, if the page is up to date.</summary>
    public DateTimeOffset? RenderedAfter { get; init; }

    /// <summary>How long the publication waits for its pages, in seconds, 1 to <see cref="PublicationLimits.MaxTimeoutSeconds"/>. Default: 600.</summary>
    public int? TimeoutSeconds { get; init; }

    /// <summary>Absolute http(s) URL, of an origin in <c>Jobs:Webhooks</c>, that gets the publication when it has ended. Default: none.</summary>
    public string? Webhook { get; init; }
}

/// <summary>What is known of the freshness of the pages. Body of <c>GET /publications/{id}</c>.</summary>
public sealed record Publication
{
    /// <summary>The id; also that of the job that renders the pages.</summary>
    public required string Id { get; init; }

    /// <summary>The state.</summary>
    public required PublicationState State { get; init; }

    /// <summary>The generation of the host shell on which the pages must be fresh. It does not change: after another deploy the publication ends as
    /// <see cref="PublicationState.Incomplete"/>.</summary>
    public required long Generation { get; init; }

    /// <inheritdoc cref="PublicationRequest.RenderedAfter"/>
    public DateTimeOffset? RenderedAfter { get; init; }

    /// <summary>When it was requested.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ended; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Number of pages that are known so far, with those that were fresh already.</summary>
    public int Total { get; init; }

    /// <summary>Number of pages that are fresh, with those that were already.</summary>
    public int Fresh { get; init; }

    /// <summary>Number of pages that did not become fresh.</summary>
    public int Failed { get; init; }

    /// <summary>Number of pages beyond the maximum of a publication. They were not looked at.</summary>
    public int Omitted { get; init; }

    /// <summary>The first <see cref="PublicationLimits.MaxListed"/> pages that did not become fresh, each with the reason.</summary>
    public IReadOnlyList<JobUrlResult>? NotFresh { get; init; }

    /// <summary>Why it ended before all pages had a result, or <c>nothing-matches</c>: no stored page matches one of its lists. For programs; null otherwise.</summary>
    public string? Reason { get; init; }

    /// <summary>Explains <see cref="Reason"/> for people; null without one.</summary>
    public string? Detail { get; init; }

    /// <summary>The webhook; null when there is none.</summary>
    public JobWebhook? Webhook { get; init; }
}

/// <summary>State of a publication.</summary>
public enum PublicationState
{
    /// <summary>Pages are being checked or rendered.</summary>
    Pending,

    /// <summary>Every page is fresh.</summary>
    Fresh,

    /// <summary>It ended, and at least one page is not fresh, or no stored page matches one of its lists.</summary>
    Incomplete,

    /// <summary>An operator cancelled it.</summary>
    Cancelled,
}
