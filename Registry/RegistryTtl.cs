namespace Fleet.Registry;

/// <summary>How long the registry believes what nobody repeats, and how often it is to be repeated.</summary>
public static class RegistryTtl
{
    /// <summary>A server or its warm list without a heartbeat: 15 s.</summary>
    public static readonly TimeSpan Server = TimeSpan.FromSeconds(15);

    /// <summary>A realm-server replica that does not repeat what it serves: 15 s.</summary>
    public static readonly TimeSpan Serving = TimeSpan.FromSeconds(15);

    /// <summary>A realm that nobody announces: 15 s.</summary>
    public static readonly TimeSpan Realm = TimeSpan.FromSeconds(15);

    /// <summary>How long an incarnation that unregistered stays unwelcome: 60 s. Far longer than a heartbeat of it can still be on its way.</summary>
    public static readonly TimeSpan RemovedServer = TimeSpan.FromSeconds(60);

    /// <summary>A command's result: 24 h. Whoever sends it again later than that, starts it again.</summary>
    public static readonly TimeSpan Command = TimeSpan.FromHours(24);

    /// <summary>Time between two rounds in which scopes that no realm server serves are counted: 1 min.</summary>
    public static readonly TimeSpan ScopeRound = TimeSpan.FromMinutes(1);

    /// <summary>How often heartbeats are repeated and readers read again, hint or no hint: 5 s.</summary>
    public static readonly TimeSpan Repeat = TimeSpan.FromSeconds(5);
}
