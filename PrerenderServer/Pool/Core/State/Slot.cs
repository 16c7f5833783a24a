namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>One browser context. It uses memory from the start of its creation until its close is confirmed.</summary>
internal sealed class Slot(long id, int generation, TimeSpan bornAt)
{
    /// <summary>Value of <see cref="Op"/> while no completion is awaited.</summary>
    public const long NoOp = 0;

    /// <summary>Its number; never reused.</summary>
    public long Id { get; } = id;

    /// <summary>Generation of its browser process, set on creation and checked whenever an operation or a lease of the slot ends.</summary>
    public int Generation { get; } = generation;

    public TimeSpan BornAt { get; } = bornAt;

    public SlotState State { get; private set; } = SlotState.Creating;

    /// <summary>Number of the operation (boot, probe or close) whose completion is awaited. A completion with another number is late and ignored.</summary>
    public long Op { get; set; }

    /// <summary>When the current state times out. What happens then depends on the state alone.</summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.MaxValue;

    /// <summary>The affinity it serves; null before the first grant, constant afterwards.</summary>
    public Affinity? Affinity { get; set; }

    /// <summary>Its lease; set exactly while leased or draining.</summary>
    public Lease? Lease { get; set; }

    public TimeSpan BootedAt { get; set; }

    public TimeSpan UsedAt { get; set; } = bornAt;

    /// <summary>How long its page may be idle, as the last render reported; null for <see cref="PoolOptions.IdleTimeout"/>.</summary>
    public TimeSpan? MaxIdle { get; set; }

    /// <summary>Leases released after a render.</summary>
    public int Renders { get; set; }

    /// <summary>Token of the host shell that its document was loaded from.</summary>
    public string? ShellToken { get; set; }

    /// <summary>The shell token that was current when its boot began. Valid while creating or rebooting.</summary>
    public string? BootsFor { get; set; }

    /// <summary>Whether its page stays empty: it boots the host app when a render needs it, and then the current one. Valid while creating and as a standby.</summary>
    public bool IsEmpty { get; set; }

    /// <summary>Whether the document is merely stale and stays if the new one does not boot. Valid while rebooting.</summary>
    public bool KeepsDocument { get; set; }

    public long MemoryBytes { get; set; }

    /// <summary>Why it closes. Valid while draining or closing.</summary>
    public CloseReason Reason { get; set; }

    /// <summary>Current stage of closing. Valid while closing.</summary>
    public CloseStage Stage { get; set; }

    /// <summary>Whether it is leased and its probe is pending: its page has not been handed over yet.</summary>
    public bool IsProbed => State == SlotState.Leased && Op != NoOp;

    /// <summary>Changes the state as <see cref="SlotTransitions"/> says.</summary>
    /// <exception cref="InvalidOperationException">The slot cannot change like that in its state.</exception>
    public void Change(SlotTrigger trigger) => State = SlotTransitions.Next(State, trigger);
}

/// <summary>A lease on a slot. Keeps the waiter, so that a failed handover can put it back at its old place.</summary>
internal sealed class Lease(long id, Waiter waiter, bool isHighRoot)
{
    public long Id { get; } = id;

    public Waiter Waiter { get; } = waiter;

    /// <summary>Whether it was granted to a root render of high priority.</summary>
    public bool IsHighRoot { get; } = isHighRoot;
}

/// <summary>
/// State of a slot. A slot is in exactly one state. Each state says what happens when a late event, one that belongs to an earlier state,
/// arrives: completions carry <c>(slot, op)</c>, leases their own number.
/// </summary>
internal enum SlotState
{
    /// <summary>Its context is being created and its page boots the host app. It uses memory from the start. Late events: none is possible.
    /// Its browser generation may be retired meanwhile; this is checked when the boot completes.</summary>
    Creating,

    /// <summary>Bound to no affinity. Its page has booted the host app, unless <see cref="Slot.IsEmpty"/>. Late events: the completion of a boot that timed out never arrives here, since such a slot
    /// is closing.</summary>
    Standby,

    /// <summary>Bound to an affinity, not leased. Late events: a second completion of the lease that ended finds no such lease and is ignored.</summary>
    Idle,

    /// <summary>Leased to one render, or reserved for it while the probe is pending. Late events: an answer to the probe after the probe's
    /// deadline has another op and is ignored.</summary>
    Leased,

    /// <summary>Leased, and closes on release or at its deadline, whichever comes first. Late events: none is possible. A second request to
    /// retire it replaces the reason and can bring the deadline forward.</summary>
    Draining,

    /// <summary>Boots a new document in the same context; the affinity, if any, stays bound. Late events: a crash of the document that is being
    /// replaced counts as a crash of the slot.</summary>
    Rebooting,

    /// <summary>Closes stage by stage; its memory counts until the browser confirms the close or the process has ended. Late events: a release, a boot
    /// or a probe that was pending belongs to an earlier lease or op and is ignored.</summary>
    Closing,
}
