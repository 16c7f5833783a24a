using Fleet.PrerenderServer.Pool.Core.Lifecycle;

namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>One browser context: one lease on real memory, from the start of its creation to the confirmation of its close.</summary>
internal sealed class Slot(long id, int generation, TimeSpan bornAt)
{
    /// <summary>No render, no deadline.</summary>
    public const long NoOp = 0;

    /// <summary>Its number; never used again.</summary>
    public long Id { get; } = id;

    /// <summary>The browser process, stamped at birth and judged whenever the slot comes back from something.</summary>
    public int Generation { get; } = generation;

    public TimeSpan BornAt { get; } = bornAt;

    public SlotState State { get; set; } = SlotState.Creating;

    /// <summary>The render whose completion is awaited; a completion of any other is late and ignored.</summary>
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

/// <summary>Who has a slot. Keeps the request, so that a hand-over that fails can put it back at its old place.</summary>
internal sealed class Lease(long id, Waiter waiter)
{
    public long Id { get; } = id;

    public Waiter Waiter { get; } = waiter;
}

/// <summary>
/// What a slot is doing. A slot is in exactly one state; there are no flags beside it. Every state names what it means
/// when an event arrives that belongs to an earlier one: completions carry <c>(slot, op)</c>, leases their own number.
/// </summary>
internal enum SlotState
{
    /// <summary>A context is being made and its page pageBoot the host app. Memory is taken from the first moment.
    /// Late: nothing can be. It may be obsolete when it returns; that is judged then, by its browser generation.</summary>
    Creating,

    /// <summary>Booted, bound to no affinity. Late: the completion of the boot that its deadline gave up on never comes here,
    /// such a slot is closing.</summary>
    Standby,

    /// <summary>Bound to an affinity, at rest, warm. Late: a second verdict of the lease that ended finds no such lease and is ignored.</summary>
    Idle,

    /// <summary>Lent to one render; while its answer to the probe is awaited, on its way to it. Late: an answer to the probe after the
    /// probe's deadline has another op and is ignored.</summary>
    Leased,

    /// <summary>Lent, but without a future: closes when it comes back, and at its deadline whether it comes back or not.
    /// Late: nothing can be; a second request to retire it changes nothing.</summary>
    Draining,

    /// <summary>Same context, new document. The affinity, if any, stays bound. Late: a crash of the document that is being replaced counts
    /// as a crash of the slot.</summary>
    Repaging,

    /// <summary>Being closed, stage by stage; memory counts until the browser has confirmed it or the process is dead. Late: a verdict,
    /// a boot or a probe that was under way belongs to an older op and is ignored.</summary>
    Closing,
}
