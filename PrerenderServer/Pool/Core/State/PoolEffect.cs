namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>Something to do, decided by the core and done by the actor.</summary>
internal abstract record PoolEffect;

/// <summary>Start a browser process. Ends in <see cref="BrowserLaunched"/> or <see cref="LaunchFailed"/>.</summary>
internal sealed record LaunchBrowser(int Generation) : PoolEffect;

/// <summary>Kill a browser's process tree. Ends in <see cref="BrowserKilled"/>; repeated until it does.</summary>
internal sealed record KillBrowser(int Generation) : PoolEffect;

/// <summary>Make a context and boot a page. Ends in <see cref="PageBooted"/> or <see cref="BootFailed"/>.</summary>
internal sealed record CreateSlot(long Slot, long Op, int Generation) : PoolEffect;

/// <summary>Boot a new document in the same context. Ends in <see cref="PageBooted"/> or <see cref="BootFailed"/>.</summary>
internal sealed record RepageSlot(long Slot, long Op) : PoolEffect;

/// <summary>Ask a page whether it answers. Ends in <see cref="PageProbed"/>.</summary>
internal sealed record ProbePage(long Slot, long Op) : PoolEffect;

/// <summary>Run one stage of closing. Ends in <see cref="SlotClosed"/> or <see cref="CloseStageEnded"/>.</summary>
internal sealed record CloseSlot(long Slot, long Op, CloseStage Stage) : PoolEffect;

/// <summary>The slot is gone, its memory is free.</summary>
internal sealed record ForgetSlot(long Slot, CloseReason Reason, CloseStage Stage) : PoolEffect;

/// <summary>Hand a page to who waits for it.</summary>
internal sealed record GrantLease(long Waiter, long Lease, long Slot, bool Warm, TimeSpan Waited, TimeSpan Boot) : PoolEffect;

/// <summary>Take a page away from who uses it.</summary>
internal sealed record RevokeLease(long Lease) : PoolEffect;

/// <summary>Tell somebody that no page comes.</summary>
internal sealed record FailWaiter(long Waiter, WaitFailure End) : PoolEffect;

/// <summary>End the server: the first launches all failed, and another one would fail as well. <paramref name="Why"/> is for people.</summary>
internal sealed record GiveUpStart(string Why) : PoolEffect;
