using System.Collections.Concurrent;
using Fleet.Contracts;

namespace Fleet.Manager.Membership;

/// <summary>Servers that gave this manager evidence against themselves: they refused a connection, said that they drain, or did not
/// answer whether they are alive. Each is passed over until its next heartbeat. A slow or a failed render is no evidence.</summary>
internal sealed class Suspicions
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _lastSeen = new();

    public void Add(ServerRecord server) => _lastSeen[server.Incarnation] = server.SeenAt;

    /// <summary>Compared for equality: the registry's clock may have been set back, and any other heartbeat is a sign of life.</summary>
    public bool Contains(ServerRecord server) => _lastSeen.TryGetValue(server.Incarnation, out var seenAt) && seenAt == server.SeenAt;

    /// <summary>Forgets what the view has outdated.</summary>
    public void Prune(FleetView view)
    {
        var suspected = view.Servers.Where(server => Contains(server.Record)).Select(server => server.Incarnation).ToHashSet();
        foreach (var incarnation in _lastSeen.Keys.Where(incarnation => !suspected.Contains(incarnation)))
        {
            _lastSeen.TryRemove(incarnation, out _);
        }
    }
}
