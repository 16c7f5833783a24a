namespace Fleet.Contracts;

/// <summary>What a prerender server says about itself.</summary>
public enum ServerState
{
    /// <summary>Starting: the browser or its first standby is not up yet. Gets no renders.</summary>
    Warming,

    /// <summary>Takes renders.</summary>
    Ready,

    /// <summary>Finishes what it has, takes nothing new.</summary>
    Draining,
}
