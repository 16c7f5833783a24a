namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>What changes the state of a slot.</summary>
internal enum SlotTrigger
{
    /// <summary>Its page has booted, and the slot belongs to no affinity.</summary>
    BootedUnbound,

    /// <summary>Its page has booted, and the slot belongs to an affinity.</summary>
    BootedBound,

    /// <summary>It is granted to a waiter.</summary>
    Granted,

    /// <summary>Its lease ended and the page is usable.</summary>
    Released,

    /// <summary>It closes when its lease ends.</summary>
    Retired,

    /// <summary>Its document is replaced.</summary>
    Replaced,

    /// <summary>It is closed.</summary>
    Closed,
}

/// <summary>One row of the table.</summary>
/// <param name="From">State before.</param>
/// <param name="Trigger">What happens.</param>
/// <param name="To">State after.</param>
/// <param name="Effects">Effects that concern the slot and may accompany the change.</param>
internal sealed record SlotTransition(SlotState From, SlotTrigger Trigger, SlotState To, params Type[] Effects);

/// <summary>Every change of state that a slot can make. A change that is not in the table is a broken invariant and ends the process.</summary>
internal static class SlotTransitions
{
    public static IReadOnlyList<SlotTransition> All { get; } =
    [
        new(SlotState.Creating, SlotTrigger.BootedUnbound, SlotState.Standby),
        new(SlotState.Creating, SlotTrigger.Closed, SlotState.Closing, typeof(CloseSlot)),

        new(SlotState.Standby, SlotTrigger.Granted, SlotState.Leased, typeof(GrantLease)),
        new(SlotState.Standby, SlotTrigger.Replaced, SlotState.Rebooting, typeof(ReplacePage)),
        new(SlotState.Standby, SlotTrigger.Closed, SlotState.Closing, typeof(CloseSlot)),

        // A page that has rendered before is probed first.
        new(SlotState.Idle, SlotTrigger.Granted, SlotState.Leased, typeof(GrantLease), typeof(ProbePage)),
        new(SlotState.Idle, SlotTrigger.Replaced, SlotState.Rebooting, typeof(ReplacePage)),
        new(SlotState.Idle, SlotTrigger.Closed, SlotState.Closing, typeof(CloseSlot)),

        new(SlotState.Leased, SlotTrigger.Released, SlotState.Idle),
        new(SlotState.Leased, SlotTrigger.Replaced, SlotState.Rebooting, typeof(ReplacePage)),
        new(SlotState.Leased, SlotTrigger.Retired, SlotState.Draining),
        new(SlotState.Leased, SlotTrigger.Closed, SlotState.Closing, typeof(CloseSlot)),

        // A second retirement may change the reason and the deadline.
        new(SlotState.Draining, SlotTrigger.Retired, SlotState.Draining),
        new(SlotState.Draining, SlotTrigger.Closed, SlotState.Closing, typeof(CloseSlot)),

        new(SlotState.Rebooting, SlotTrigger.BootedUnbound, SlotState.Standby),
        new(SlotState.Rebooting, SlotTrigger.BootedBound, SlotState.Idle),
        new(SlotState.Rebooting, SlotTrigger.Closed, SlotState.Closing, typeof(CloseSlot)),
    ];

    private static readonly Dictionary<(SlotState, SlotTrigger), SlotState> s_next = All.ToDictionary(row => (row.From, row.Trigger), row => row.To);

    /// <summary>The state after a trigger.</summary>
    /// <exception cref="InvalidOperationException">The table has no such change.</exception>
    public static SlotState Next(SlotState state, SlotTrigger trigger) => s_next.TryGetValue((state, trigger), out var next)
        ? next
        : throw new InvalidOperationException($"A slot that is {state} cannot be {trigger}.");
}
