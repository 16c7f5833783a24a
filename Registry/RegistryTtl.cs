namespace Fleet.Registry;

/// <summary>Expiry times of registry entries that are not repeated, and the interval at which they are repeated.</summary>
public static class RegistryTtl
{
    /// <summary>Lifetime of a server's record and warm list without a heartbeat: 15 s.</summary>
    public static readonly TimeSpan Server = TimeSpan.FromSeconds(15);

    /// <summary>Lifetime of a realm-server replica's claim to serve a shell: 15 s.</summary>
    public static readonly TimeSpan Serving = TimeSpan.FromSeconds(15);

    /// <summary>Lifetime of an announced realm: 15 s.</summary>
    public static readonly TimeSpan Realm = TimeSpan.FromSeconds(15);

    /// <summary>Lifetime of an announced manager or realm server: 15 s.</summary>
    public static readonly TimeSpan Service = TimeSpan.FromSeconds(15);

    /// <summary>How long heartbeats of an unregistered incarnation are ignored: 60 s. Much longer than a heartbeat can be delayed.</summary>
    public static readonly TimeSpan RemovedServer = TimeSpan.FromSeconds(60);

    /// <summary>Lifetime of a command and its result: 24 h. The same key starts the command again after that.</summary>
    public static readonly TimeSpan Command = TimeSpan.FromHours(24);

    /// <summary>Minimum time between two rounds that count unserved scopes: 1 min.</summary>
    public static readonly TimeSpan ScopeRound = TimeSpan.FromMinutes(1);

    /// <summary>Interval of heartbeats, and of readers' polls, independent of change notifications: 5 s.</summary>
    public static readonly TimeSpan Repeat = TimeSpan.FromSeconds(5);
}
