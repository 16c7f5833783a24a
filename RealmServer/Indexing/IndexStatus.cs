using Fleet.RealmServer.Content;

namespace Fleet.RealmServer.Indexing;

/// <summary>How the index stands. Body of <c>GET /_index</c>.</summary>
internal sealed record IndexStatus
{
    public required IndexState State { get; init; }

    /// <summary>Why it is off or waits; null otherwise.</summary>
    public string? Reason { get; init; }

    /// <summary>Cards that this pass is through with: stored, skipped or failed.</summary>
    public int Done { get; init; }

    /// <summary>Cards of all realms that whoever asks may read.</summary>
    public int Total { get; init; }

    /// <summary>Cards of <see cref="Done"/> that have no page of their current content on the current shell.</summary>
    public int Failed { get; init; }

    /// <summary>Cards of <see cref="Done"/> whose page was stored already.</summary>
    public int Skipped { get; init; }

    /// <summary>The failed cards, at most 1000, ordered by URL.</summary>
    public IReadOnlyList<IndexFailure> Failures { get; init; } = [];

    /// <summary>Folders that are no realms and files that are no cards.</summary>
    public IReadOnlyList<RealmProblem> Problems { get; init; } = [];

    /// <summary>When the latest pass began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; null while it runs.</summary>
    public DateTimeOffset? FinishedAt { get; init; }
}

/// <summary>What the index does.</summary>
internal enum IndexState
{
    /// <summary>Switched off, or no manager is configured.</summary>
    Off,

    /// <summary>Waits for the manager, the registry or the first claim of the host shell.</summary>
    Waiting,

    /// <summary>Has cards rendered.</summary>
    Running,

    /// <summary>Through with all cards, until content or shell change.</summary>
    Done,
}
