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
