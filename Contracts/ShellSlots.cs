namespace Fleet.Contracts;

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
