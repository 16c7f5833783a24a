using Fleet.Contracts;

namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>Something that happened. The only way to change the pool.</summary>
internal abstract record PoolEvent;

/// <summary>The pool begins: launch a browser.</summary>
internal sealed record Started : PoolEvent;

/// <summary>The pool ends: serve nobody any more, drain, close, kill. Bounded.</summary>
internal sealed record StopWanted : PoolEvent;

/// <summary>Time has passed. Any event makes what is due happen; this one does nothing else.</summary>
internal sealed record TimePassed : PoolEvent;

/// <summary>Somebody wants a page.</summary>
internal sealed record PageWanted(long Waiter, LeaseRequest Request) : PoolEvent;

/// <summary>Somebody does not want it any more. After the grant it means nothing here: the page comes back <see cref="PageOutcome.Untouched"/>.</summary>
internal sealed record WantCancelled(long Waiter) : PoolEvent;

/// <summary>A new page, or a new document in an old context, has booted.</summary>
internal record PageBooted(long Slot, long Op, string? ShellToken) : PoolEvent;

/// <summary>It did not boot. A context may be half made. <paramref name="Why"/> is for people.</summary>
internal sealed record BootFailed(long Slot, long Op, string Why) : PoolEvent;

/// <summary>A page was asked whether it answers before it is handed over.</summary>
internal sealed record PageProbed(long Slot, long Op, bool Answers) : PoolEvent;

/// <summary>A render gives its page back, with the verdict on it.</summary>
internal sealed record LeaseCompleted(long Lease, PageOutcome Outcome) : PoolEvent
{
    /// <summary>Whether the page is on a booted document, which the render may have loaded anew.</summary>
    public bool Booted { get; init; }

    /// <summary>Of that document.</summary>
    public string? ShellToken { get; init; }
}

/// <summary>The browser confirmed that a context is gone.</summary>
internal sealed record SlotClosed(long Slot, long Op) : PoolEvent;

/// <summary>A stage of closing ended, or failed, and the context may still be there.</summary>
internal sealed record CloseStageEnded(long Slot, long Op, CloseStage Stage) : PoolEvent;

/// <summary>A renderer crashed.</summary>
internal sealed record SlotCrashed(long Slot) : PoolEvent;

/// <summary>A browser process is up.</summary>
internal sealed record BrowserLaunched(int Generation) : PoolEvent;

/// <summary>It did not come up. <paramref name="Why"/> is for people.</summary>
internal sealed record LaunchFailed(int Generation, string Why) : PoolEvent;

/// <summary>A browser process is gone, or cannot be talked to any more.</summary>
internal sealed record BrowserCrashed(int Generation) : PoolEvent;

/// <summary>No process of that browser is left: whatever lived in it is gone.</summary>
internal sealed record BrowserKilled(int Generation) : PoolEvent;

/// <summary>Somebody wants another browser process.</summary>
internal sealed record RecycleWanted : PoolEvent;

/// <summary>Memory was measured.</summary>
internal sealed record MemoryMeasured(int Generation, long TotalBytes, IReadOnlyDictionary<long, long> SlotBytes) : PoolEvent;

/// <summary>The fleet's current host shell.</summary>
internal sealed record ShellLearned(HostShell Shell) : PoolEvent
{
    /// <summary>How long pages at rest wait before they reload, if it is news.</summary>
    public TimeSpan Pause { get; init; }
}

/// <summary>Close what an affinity has; with <paramref name="Revoke"/> also under a running render.</summary>
internal sealed record AffinityDisposed(string Affinity, bool Revoke) : PoolEvent;
