using Fleet.Contracts;

namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>An event. Events are the only way to change the pool.</summary>
internal abstract record PoolEvent;

/// <summary>The pool starts: launch a browser.</summary>
internal sealed record Started : PoolEvent;

/// <summary>The pool stops: reject requests, drain, close, kill, all within a bound.</summary>
internal sealed record StopRequested : PoolEvent;

/// <summary>Time has passed. Every event applies the deadlines that are due; this one does nothing else.</summary>
internal sealed record TimePassed : PoolEvent;

/// <summary>A caller requests a page.</summary>
internal sealed record PageRequested(long Waiter, LeaseRequest Request) : PoolEvent;

/// <summary>A caller cancels its request. After the grant this has no effect: the page is released as <see cref="PageCondition.Untouched"/>.</summary>
internal sealed record RequestCancelled(long Waiter) : PoolEvent;

/// <summary>A new page, or a new document in an old context, has booted.</summary>
internal record PageBooted(long Slot, long Op, string? ShellToken) : PoolEvent;

/// <summary>A page did not boot. Its context may exist in part. <paramref name="Why"/> is a message for people.</summary>
internal sealed record BootFailed(long Slot, long Op, string Why) : PoolEvent;

/// <summary>A page was probed before the handover.</summary>
internal sealed record PageProbed(long Slot, long Op, bool Answers) : PoolEvent;

/// <summary>A render releases its page and reports its condition.</summary>
internal sealed record LeaseCompleted(long Lease, PageCondition Condition) : PoolEvent
{
    /// <summary>Whether the page's document is a booted host shell, which the render may have loaded again.</summary>
    public bool Booted { get; init; }

    /// <summary>Shell token of that document.</summary>
    public string? ShellToken { get; init; }

    /// <summary>How long the page may be idle; null for <see cref="PoolOptions.IdleTimeout"/>, which is the longest in any case.</summary>
    public TimeSpan? MaxIdle { get; init; }
}

/// <summary>The browser confirmed that a context is closed.</summary>
internal sealed record SlotClosed(long Slot, long Op) : PoolEvent;

/// <summary>A stage of closing ended or failed, and the context may still exist.</summary>
internal sealed record CloseStageEnded(long Slot, long Op, CloseStage Stage) : PoolEvent;

/// <summary>A renderer crashed.</summary>
internal sealed record SlotCrashed(long Slot) : PoolEvent;

/// <summary>A browser process is up.</summary>
internal sealed record BrowserLaunched(int Generation) : PoolEvent;

/// <summary>A browser process did not start. <paramref name="Why"/> is a message for people.</summary>
internal sealed record LaunchFailed(int Generation, string Why) : PoolEvent;

/// <summary>A browser process ended, or the connection to it is lost.</summary>
internal sealed record BrowserCrashed(int Generation) : PoolEvent;

/// <summary>No process of that browser is left, so none of its slots exists.</summary>
internal sealed record BrowserKilled(int Generation) : PoolEvent;

/// <summary>A new browser process is requested.</summary>
internal sealed record RecycleRequested : PoolEvent;

/// <summary>Memory was measured.</summary>
internal sealed record MemoryMeasured(int Generation, long TotalBytes, IReadOnlyDictionary<long, long> SlotBytes) : PoolEvent;

/// <summary>The fleet's current host shell was read.</summary>
internal sealed record ShellLearned(HostShell Shell) : PoolEvent
{
    /// <summary>How long standby and idle pages wait before they reload, if the shell is new.</summary>
    public TimeSpan Pause { get; init; }
}

/// <summary>Close the slots of an affinity; with <paramref name="Revoke"/>, leased slots too, at once.</summary>
internal sealed record AffinityDisposed(string Affinity, bool Revoke) : PoolEvent;
