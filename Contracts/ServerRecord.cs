namespace Fleet.Contracts;

/// <summary>A prerender server as it registers itself. Keyed by incarnation: one process, one GUID.</summary>
public sealed record ServerRecord
{
    /// <summary>A GUID made when the process starts. A restarted server is another one.</summary>
    public required string Incarnation { get; init; }

    /// <summary>The resource name, for people: <c>prerender-0</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Base address that the manager sends renders to.</summary>
    public required string Url { get; init; }

    /// <summary>What it says about itself.</summary>
    public required ServerState State { get; init; }

    /// <summary>Grows with every change within one incarnation; a reader drops a record with a lower one.</summary>
    public required long Version { get; init; }

    /// <summary>Most slots it may have.</summary>
    public int Slots { get; init; }

    /// <summary>Renders it could start at once: idle slots, standbys, and slots it may still create.</summary>
    public int Free { get; init; }

    /// <summary>Renders that wait for a slot.</summary>
    public int Queue { get; init; }

    /// <summary>Renders of one affinity that it runs at a time; more of them wait although slots are free. 0 when it does not say.</summary>
    public int RendersPerAffinity { get; init; }

    /// <summary>Moving average of a render, queue excluded, in milliseconds; 0 before the first.</summary>
    public double RecentRenderMs { get; init; }

    /// <summary>Moving average of booting a page, in milliseconds; 0 before the first.</summary>
    public double RecentBootMs { get; init; }

    /// <summary>Slots by the token of the shell that they have loaded.</summary>
    public IReadOnlyDictionary<string, int> Shells { get; init; } = new Dictionary<string, int>();

    /// <summary>How its slots stand to the host shell; null from a server that does not say.</summary>
    public ShellSlots? ShellSlots { get; init; }

    /// <summary>When this record was written, by the registry's clock.</summary>
    public DateTimeOffset SeenAt { get; init; }
}

/// <summary>What a prerender server says about itself.</summary>
public enum ServerState
{
    /// <summary>Starting: the browser or its first standby is not up yet. Gets no renders.</summary>
    Warming,

    /// <summary>Takes renders.</summary>
    Ready,

    /// <summary>Finishes what it has, takes nothing new.</summary>
    Draining,
}

/// <summary>How a server's slots stand to the host shell. Each slot counts once among <see cref="Current"/>, <see cref="Booting"/>,
/// <see cref="Draining"/> and <see cref="Stale"/>.</summary>
public sealed record ShellSlots
{
    /// <summary>The generation that the server knows; the figures are judged by it. Null while it knows of none.</summary>
    public long? Generation { get; init; }

    /// <summary>At rest or lent, with the current shell.</summary>
    public int Current { get; init; }

    /// <summary>Booting a page, in a new slot or in place of an old document.</summary>
    public int Booting { get; init; }

    /// <summary>Without a future: closing, or as soon as they come back.</summary>
    public int Draining { get; init; }

    /// <summary>At rest or lent, with another shell than the current one.</summary>
    public int Stale { get; init; }

    /// <summary>Slots that still have to get to the current shell: the stale ones, and those that boot in place of a stale document.</summary>
    public int Behind { get; init; }
}
