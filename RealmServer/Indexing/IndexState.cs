namespace Fleet.RealmServer.Indexing;

/// <summary>What the index does.</summary>
internal enum IndexState
{
    /// <summary>Switched off, or no manager is configured.</summary>
    Off,

    /// <summary>Waits for the manager, the registry or the first claim of the host shell.</summary>
    Waiting,

    /// <summary>Has cards rendered.</summary>
    Running,

    /// <summary>Through with all cards, until content or shell change.</summary>
    Done,
}
