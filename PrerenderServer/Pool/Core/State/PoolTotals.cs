namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>The sums of a <see cref="PoolSnapshot"/>.</summary>
internal sealed record PoolTotals
{
    /// <summary>Most slots that ordinary work may take.</summary>
    public int Capacity { get; init; }

    /// <summary>Renders that could start at once: idle, standby, and slots that may still be created.</summary>
    public int Free { get; init; }

    /// <summary>Requests that wait.</summary>
    public int Waiting { get; init; }

    /// <summary>Affinities among them.</summary>
    public int WaitingAffinities { get; init; }

    /// <summary>Slots by state; a state without slots is missing.</summary>
    public IReadOnlyDictionary<SlotState, int> States { get; init; } = new Dictionary<SlotState, int>();

    /// <summary>The browser generation that new slots are made in; null while none is up.</summary>
    public int? Generation { get; init; }

    /// <summary>Memory of all browser processes, in bytes, as last measured.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Moving average of booting a page; zero before the first.</summary>
    public TimeSpan RecentBoot { get; init; }

    /// <summary>The host shell token that the pool was last told is current; null while it knows of none.</summary>
    public string? ShellToken { get; init; }

    /// <summary>Its generation; null while the pool knows of none.</summary>
    public long? ShellGeneration { get; init; }

    /// <summary>The host's shell differs on every fetch, so no page can have the current one.</summary>
    public bool ShellIsUnstable { get; init; }

    /// <summary>Slots whose document was loaded from another token.</summary>
    public int Stale { get; init; }

    /// <summary>Those of them that have a future: at rest, lent, or reloading. None is left once a change has arrived everywhere.</summary>
    public int Behind { get; init; }

    /// <summary>Why the last browser launch or page boot failed, for people; null since one succeeded.</summary>
    public string? Problem { get; init; }

    /// <summary>The pool takes no new requests.</summary>
    public bool Stopping { get; init; }
}
