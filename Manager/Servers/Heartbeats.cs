using Fleet.Contracts;
using Fleet.Registry;

namespace Fleet.Manager.Servers;

/// <summary>Follows the heartbeats of the servers: which are late, and which servers are gone although they did not drain. Uses the manager's clock only. Thread-safe.</summary>
internal sealed class Heartbeats(TimeProvider timeProvider)
{
    /// <summary>A heartbeat that is older is late: an interval and 3 s for the way.</summary>
    public static readonly TimeSpan LateAfter = RegistryTtl.Repeat + TimeSpan.FromSeconds(3);

    /// <summary>How long a lost server is reported: 10 min.</summary>
    public static readonly TimeSpan LostFor = TimeSpan.FromMinutes(10);

    private const int MaxLost = 100;

    private readonly Dictionary<string, (ServerRecord Server, long At)> _seen = [];
    private readonly List<(LostServer Server, long At)> _lost = [];
    private readonly Lock _gate = new();

    /// <summary>The servers whose last heartbeat is older than <see cref="LateAfter"/>. They may be frozen, so they are probed.</summary>
    public IReadOnlyList<ServerRecord> Late
    {
        get { lock (_gate) { return [.. _seen.Values.Where(seen => timeProvider.GetElapsedTime(seen.At) > LateAfter).Select(seen => seen.Server)]; } }
    }

    /// <summary>The servers that vanished without a drain in the last <see cref="LostFor"/> and were not replaced.</summary>
    public IReadOnlyList<LostServer> Lost
    {
        get { lock (_gate) { return [.. _lost.Where(lost => timeProvider.GetElapsedTime(lost.At) < LostFor).Select(lost => lost.Server)]; } }
    }

    /// <summary>Compares a view with the one before. Call it only for views that are verified: an outdated view proves nothing.</summary>
    public void Observe(FleetView view)
    {
        lock (_gate)
        {
            var present = view.Servers.Select(server => server.Incarnation).ToHashSet();
            foreach (var server in view.Servers.Select(server => server.Record))
            {
                if (!_seen.TryGetValue(server.Incarnation, out var seen))
                {
                    // A new incarnation replaces a lost one of its name or address.
                    Remove(lost => lost.Name == server.Name || lost.Url == server.Url);
                }

                if (seen.Server?.Version != server.Version)
                {
                    _seen[server.Incarnation] = (server, timeProvider.GetTimestamp());
                }
            }

            foreach (var (incarnation, (server, _)) in _seen.Where(seen => !present.Contains(seen.Key)).ToList())
            {
                _seen.Remove(incarnation);
                var isReplaced = view.Servers.Any(other => other.Record.Name == server.Name || other.Record.Url == server.Url);
                if (server.State != ServerState.Draining && !isReplaced)
                {
                    _lost.Add((new(server.Name, server.Url, timeProvider.GetUtcNow()), timeProvider.GetTimestamp()));
                }
            }

            _lost.RemoveAll(lost => timeProvider.GetElapsedTime(lost.At) >= LostFor);
            _lost.RemoveRange(0, Math.Max(0, _lost.Count - MaxLost));
        }
    }

    private void Remove(Func<LostServer, bool> isReplaced)
    {
        if (_lost.FindIndex(lost => isReplaced(lost.Server)) is >= 0 and var place)
        {
            _lost.RemoveAt(place);
        }
    }
}

/// <summary>A server that vanished from the registry without a drain.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Url">Its address.</param>
/// <param name="Since">When the manager noticed it.</param>
internal sealed record LostServer(string Name, string Url, DateTimeOffset Since);
