using Fleet.PrerenderServer.Pool.Core.Lifecycle;

namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>One browser context: one lease on real memory, from the start of its creation to the confirmation of its close.</summary>
internal sealed class Slot(long id, int generation, TimeSpan bornAt)
{
    /// <summary>No operation, no deadline.</summary>
    public const long NoOp = 0;

    /// <summary>Its number; never used again.</summary>
    public long Id { get; } = id;

    /// <summary>The browser process, stamped at birth and judged whenever the slot comes back from something.</summary>
    public int Generation { get; } = generation;

    public TimeSpan BornAt { get; } = bornAt;

    public SlotState State { get; set; } = SlotState.Creating;

    /// <summary>The operation whose completion is awaited; a completion of any other is late and ignored.</summary>
    public long Op { get; set; }

    /// <summary>When the state is left unless something happens before: what then happens depends on the state alone.</summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.MaxValue;

    /// <summary>Whom it serves; null before the first grant, then the same for life.</summary>
    public Affinity? Affinity { get; set; }

    /// <summary>Who has it; set exactly while leased or draining.</summary>
    public Lease? Lease { get; set; }

    public TimeSpan BootedAt { get; set; }

    public TimeSpan UsedAt { get; set; } = bornAt;

    /// <summary>Leases that came back used.</summary>
    public int Renders { get; set; }

    /// <summary>Of the host shell its document was loaded from.</summary>
    public string? ShellToken { get; set; }

    /// <summary>The shell token that was current when its boot began; means something while creating or repaging.</summary>
    public string? BootsFor { get; set; }

    /// <summary>Its document is merely old: it stays if the new one does not come. Means something while repaging.</summary>
    public bool KeepsDocument { get; set; }

    public long MemoryBytes { get; set; }

    /// <summary>Why it has no future; means something while draining or closing.</summary>
    public CloseReason Reason { get; set; }

    /// <summary>How far closing has come; means something while closing.</summary>
    public CloseStage Stage { get; set; }

    /// <summary>Lent, and asked whether it answers: its page has not been handed over yet.</summary>
    public bool IsProbed => State == SlotState.Leased && Op != NoOp;
}
