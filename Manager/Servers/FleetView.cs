using Fleet.Contracts;
using Fleet.Manager.Rendering;

namespace Fleet.Manager.Servers;

/// <summary>The fleet as the registry described it at one moment. Never changed, only replaced; what every render looks up in it is indexed
/// once, when it is made.</summary>
/// <param name="Shell">The current host shell; null before the first claim.</param>
/// <param name="Servers">Live servers, by name.</param>
/// <param name="Realms">Announced realms, by URL.</param>
internal sealed record FleetView(HostShell? Shell, IReadOnlyList<LiveServer> Servers, IReadOnlyList<RealmRecord> Realms)
{
    /// <summary>Live realm servers and the shell token that each serves.</summary>
    public IReadOnlyDictionary<string, string> Serving { get; init; } = new Dictionary<string, string>();

    public static FleetView Empty { get; } = new(null, [], []);

    /// <summary>The ready servers, by what a render looks for.</summary>
    public ServerIndex Ready { get => field ??= new(Servers); init; }

    /// <summary>The realms, by URL.</summary>
    public RealmIndex Places { get => field ??= new(Realms); init; }
}
