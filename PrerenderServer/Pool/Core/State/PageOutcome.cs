namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>What a render says about its page when it gives it back.</summary>
internal enum PageOutcome
{
    /// <summary>Rendered, whatever the verdict on the content: the page may be used again.</summary>
    Healthy,

    /// <summary>Was never used: the page is as it was.</summary>
    Untouched,

    /// <summary>Answers again after its script was terminated: same context, new document.</summary>
    Dirty,

    /// <summary>Answers nothing: the context is closed.</summary>
    Wedged,

    /// <summary>The renderer process is gone.</summary>
    Crashed,
}
