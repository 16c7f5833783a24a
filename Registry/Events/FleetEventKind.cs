namespace Fleet.Registry.Events;

/// <summary>What a hint is about.</summary>
public enum FleetEventKind
{
    /// <summary>The current host shell changed.</summary>
    HostShell,

    /// <summary>A server came, went or changed state.</summary>
    Servers,

    /// <summary>Warm affinities of a server changed.</summary>
    WarmAffinities,

    /// <summary>Realms were announced or withdrawn.</summary>
    Realms,

    /// <summary>A page was stored or removed.</summary>
    Pages,

    /// <summary>An operator asks every server to recycle.</summary>
    Recycle,

    /// <summary>The connection to Redis is back: everything may have changed. Raised locally, never sent.</summary>
    Reconnected,
}
