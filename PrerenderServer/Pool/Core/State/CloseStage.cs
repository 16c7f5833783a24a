namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>The rungs of the close ladder, gentlest first. Each has a deadline; the next one begins when it passes.</summary>
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
