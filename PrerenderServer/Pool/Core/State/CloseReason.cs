namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>Why a slot was closed. A tag of <c>fleet.pool.closes</c>.</summary>
internal enum CloseReason
{
    /// <summary>Its boot failed.</summary>
    BootFailed,

    /// <summary>Its boot did not end in time.</summary>
    BootOverdue,

    /// <summary>It made room for another affinity or for a standby.</summary>
    Evicted,

    /// <summary>It was not used for <see cref="PoolOptions.IdleTimeout"/>.</summary>
    IdleTooLong,

    /// <summary>It used more than <see cref="PoolOptions.SlotMemoryMb"/>.</summary>
    OverMemory,

    /// <summary>Its browser process is being replaced.</summary>
    GenerationRetired,

    /// <summary>Its affinity was disposed.</summary>
    Disposed,

    /// <summary>The render reported that the page hangs, or the page did not answer the probe.</summary>
    Hung,

    /// <summary>Its renderer process, or the whole browser, ended unexpectedly.</summary>
    Crashed,

    /// <summary>The render left it dirty, and its host shell was stale anyway.</summary>
    Obsolete,

    /// <summary>The render left data in its context that a caller gave to one visit only.</summary>
    Tainted,

    /// <summary>Its lease was not released in time.</summary>
    HoldOverdue,

    /// <summary>Its browser process was killed because closing another slot failed.</summary>
    ProcessKilled,

    /// <summary>The pool stops.</summary>
    Stopping,
}

/// <summary>The stages of the close escalation, gentlest first. Each has a deadline; when it passes, the next stage begins.</summary>
internal enum CloseStage
{
    /// <summary>Terminate the running script of the page, so that the browser answers the next stage.</summary>
    Terminate,

    /// <summary>Dispose the browser context.</summary>
    Dispose,

    /// <summary>Crash the renderer, then dispose the context.</summary>
    Crash,

    /// <summary>Kill the process tree, which ends every slot of that browser generation.</summary>
    Kill,
}
