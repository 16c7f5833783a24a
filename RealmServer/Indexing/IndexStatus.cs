using Fleet.RealmServer.Content;

namespace Fleet.RealmServer.Indexing;

/// <summary>The status of the index. Body of <c>GET /_index</c>.</summary>
internal sealed record IndexStatus
{
    public required IndexState State { get; init; }

    /// <summary>Why the index is off or waiting; null otherwise.</summary>
    public string? Reason { get; init; }

    /// <summary>Number of cards that the pass has processed: stored, skipped or failed.</summary>
    public int Done { get; init; }

    /// <summary>Number of cards in all realms that the caller may read.</summary>
    public int Total { get; init; }

    /// <summary>Number of cards in <see cref="Done"/> without a page of their current content on the current shell.</summary>
    public int Failed { get; init; }

    /// <summary>Number of cards in <see cref="Done"/> whose page was already stored.</summary>
    public int Skipped { get; init; }

    /// <summary>The failed cards, at most 1000, ordered by URL.</summary>
    public IReadOnlyList<IndexFailure> Failures { get; init; } = [];

    /// <summary>Folders that are not realms and files that are not cards.</summary>
    public IReadOnlyList<RealmProblem> Problems { get; init; } = [];

    /// <summary>The stored routes of the host app; null in events, and while the registry is unavailable.</summary>
    public RouteCounts? Routes { get; init; }

    /// <summary>Start of the latest pass.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>End of the latest pass; null while it runs.</summary>
    public DateTimeOffset? FinishedAt { get; init; }
}

/// <summary>The state of the index.</summary>
internal enum IndexState
{
    /// <summary>Disabled, or no manager is configured.</summary>
    Off,

    /// <summary>Waiting for the manager, the registry, the index lease or the first claim of the host shell.</summary>
    Waiting,

    /// <summary>A pass is running.</summary>
    Running,

    /// <summary>The pass has processed all cards.</summary>
    Done,
}
