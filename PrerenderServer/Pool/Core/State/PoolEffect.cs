namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>An action that the core decides on and the actor runs.</summary>
internal abstract record PoolEffect;

/// <summary>Start a browser process. Ends in <see cref="BrowserLaunched"/> or <see cref="LaunchFailed"/>.</summary>
internal sealed record LaunchBrowser(int Generation) : PoolEffect;

/// <summary>Kill a browser's process tree. Ends in <see cref="BrowserKilled"/>; repeated until it does.</summary>
internal sealed record KillBrowser(int Generation) : PoolEffect;

/// <summary>Create a context and boot a page, or leave it empty. Ends in <see cref="PageBooted"/> or <see cref="BootFailed"/>.</summary>
internal sealed record CreateSlot(long Slot, long Op, int Generation, bool IsEmpty = false) : PoolEffect;

/// <summary>Boot a new document in the same context. Ends in <see cref="PageBooted"/> or <see cref="BootFailed"/>.</summary>
internal sealed record ReplacePage(long Slot, long Op) : PoolEffect;

/// <summary>Check whether a page answers. Ends in <see cref="PageProbed"/>.</summary>
internal sealed record ProbePage(long Slot, long Op) : PoolEffect;

/// <summary>Run one stage of closing. Ends in <see cref="SlotClosed"/> or <see cref="CloseStageEnded"/>.</summary>
internal sealed record CloseSlot(long Slot, long Op, CloseStage Stage) : PoolEffect;

/// <summary>The slot no longer exists and its memory is free.</summary>
internal sealed record ForgetSlot(long Slot, CloseReason Reason, CloseStage Stage) : PoolEffect;

/// <summary>Hand a page to its waiter.</summary>
internal sealed record GrantLease(long Waiter, long Lease, long Slot, bool Warm, TimeSpan Waited, TimeSpan Boot) : PoolEffect;

/// <summary>Revoke the lease of a page in use.</summary>
internal sealed record RevokeLease(long Lease) : PoolEffect;

/// <summary>Fail a waiter: it gets no page.</summary>
internal sealed record FailWaiter(long Waiter, WaitFailure End) : PoolEffect;

/// <summary>Why a wait ended without a page. A full pool alone never ends a wait.</summary>
internal enum WaitFailure
{
    /// <summary>The request's own deadline passed.</summary>
    Deadline,

    /// <summary>The pool is stopping.</summary>
    ShuttingDown,

    /// <summary>The request requires the current host shell at once, and the pool is between two shells.</summary>
    StaleShell,
}

/// <summary>Exit the server: the first launches all failed, and another would fail too. <paramref name="Why"/> is a message for people.</summary>
internal sealed record GiveUpStart(string Why) : PoolEffect;
