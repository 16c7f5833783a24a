namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>Why a slot was closed. A tag of <c>fleet.pool.closes</c>.</summary>
internal enum CloseReason
{
    /// <summary>Its boot failed.</summary>
    BootFailed,

    /// <summary>Its boot did not end in time.</summary>
    BootOverdue,

    /// <summary>It made room for another affinity.</summary>
    Evicted,

    /// <summary>Nobody used it for too long.</summary>
    IdleTooLong,

    /// <summary>It took more memory than a slot may.</summary>
    OverMemory,

    /// <summary>Its browser process is being replaced.</summary>
    GenerationRetired,

    /// <summary>Its affinity was disposed.</summary>
    Disposed,

    /// <summary>The render said that the page answers nothing, or the page did not answer the probe.</summary>
    Wedged,

    /// <summary>Its renderer, or the whole browser, is gone.</summary>
    Crashed,

    /// <summary>The render left it dirty when it was obsolete anyway.</summary>
    Obsolete,

    /// <summary>Its lease did not come back in time.</summary>
    HoldOverdue,

    /// <summary>Another slot's close got no answer, so the process was killed.</summary>
    ProcessKilled,

    /// <summary>The pool stops.</summary>
    Stopping,
}

/// <summary>The rungs of the close escalation, gentlest first. Each has a deadline; the next one begins when it passes.</summary>
internal enum CloseStage
{
    /// <summary>Stop whatever script the page runs, so that the next stage gets an answer.</summary>
    Terminate,

    /// <summary>Dispose the browser context.</summary>
    Dispose,

    /// <summary>Crash the renderer, then dispose what is left of the context.</summary>
    Crash,

    /// <summary>Kill the process tree. Ends every slot of that browser generation.</summary>
    Kill,
}
