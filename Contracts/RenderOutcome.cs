namespace Fleet.Contracts;

/// <summary>How a visit ended. The first five are verdicts on the content; only verdicts are stored.</summary>
public enum RenderOutcome
{
    /// <summary>The page rendered.</summary>
    Rendered,

    /// <summary>The content's own error, or a status of 400 and up that the page gave itself.</summary>
    Failed,

    /// <summary>The deadline passed first. What had finished by then is in the result.</summary>
    TimedOut,

    /// <summary>The page asked for credentials that the visit did not carry.</summary>
    Unauthorized,

    /// <summary>The page loaded but cannot be used: no host in it, it closed itself, it answers nothing.</summary>
    Unusable,

    /// <summary>Says something about the infrastructure only: the browser or the network was lost. Never stored.</summary>
    NoVerdict,
}
