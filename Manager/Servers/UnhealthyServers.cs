using System.Collections.Concurrent;
using Fleet.Contracts;

namespace Fleet.Manager.Servers;

/// <summary>Servers that this manager skips: they refused a connection, reported that they drain, or did not answer <c>/alive</c>. A server is skipped until it
/// answers <c>/alive</c>. Heartbeats do not clear it: a hung server, or one with a wrong address, may still send them. A slow or failed render is no
/// evidence.</summary>
internal sealed class UnhealthyServers
{
    private readonly ConcurrentDictionary<string, ServerRecord> _servers = new();

    /// <summary>The unhealthy servers.</summary>
    public IReadOnlyCollection<ServerRecord> Servers => [.. _servers.Values];

    /// <summary>Adds a server. False when it was already unhealthy.</summary>
    public bool Add(ServerRecord server) => _servers.TryAdd(server.Incarnation, server);

    public bool Contains(ServerRecord server) => _servers.ContainsKey(server.Incarnation);

    /// <summary>Removes a server that answered <c>/alive</c>.</summary>
    public void Clear(ServerRecord server) => _servers.TryRemove(server.Incarnation, out _);

    /// <summary>Removes servers that are no longer in the registry.</summary>
    public void Prune(FleetView view)
    {
        foreach (var incarnation in _servers.Keys.Except(view.Servers.Select(server => server.Incarnation)))
        {
            _servers.TryRemove(incarnation, out _);
        }
    }
}
