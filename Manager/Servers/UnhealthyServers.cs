using System.Collections.Concurrent;
using Fleet.Contracts;

namespace Fleet.Manager.Servers;

/// <summary>Servers that gave this manager evidence against themselves: they refused a connection, said that they drain, or did not
/// answer whether they are alive. Each is passed over until it does answer that. Its heartbeat is no such answer: a server whose address
/// leads nowhere, or that is stuck, may keep it up. A slow or a failed render is no evidence.</summary>
internal sealed class UnhealthyServers
{
    private readonly ConcurrentDictionary<string, ServerRecord> _servers = new();

    /// <summary>Those that are suspected.</summary>
    public IReadOnlyCollection<ServerRecord> Servers => [.. _servers.Values];

    /// <summary>Suspects a server. False when it was suspected before.</summary>
    public bool Add(ServerRecord server) => _servers.TryAdd(server.Incarnation, server);

    public bool Contains(ServerRecord server) => _servers.ContainsKey(server.Incarnation);

    /// <summary>It answered.</summary>
    public void Clear(ServerRecord server) => _servers.TryRemove(server.Incarnation, out _);

    /// <summary>Forgets those that the registry has forgotten.</summary>
    public void Prune(FleetView view)
    {
        foreach (var incarnation in _servers.Keys.Except(view.Servers.Select(server => server.Incarnation)))
        {
            _servers.TryRemove(incarnation, out _);
        }
    }
}
