using Fleet.Contracts;
using Fleet.Registry;
using Fleet.Registry.Events;
using Fleet.Registry.Generations;

namespace Fleet.Manager.Servers;

/// <summary>The operators' actions on the fleet.</summary>
internal sealed class FleetOperations(FleetViews views, ServerOperations servers, IBackplane backplane, IGenerationCounter generations)
{
    private IEnumerable<ServerRecord> Servers => views.Current.Servers.Select(server => server.Record);

    /// <summary>Asks every server to replace its browser: by a request to each, and by a change notification, which also reaches servers that this manager cannot
    /// connect to. The generation tells a server that both mean the same recycle.</summary>
    public async Task<RecycleReport> RecycleAsync(CancellationToken cancellationToken)
    {
        var generation = await NextGenerationAsync(cancellationToken);
        if (generation is { } known)
        {
            await backplane.PublishAsync(new FleetEvent(FleetEventKind.Recycle, "", known), cancellationToken);
        }

        return new RecycleReport([.. await Task.WhenAll(Servers.Select(RecycleAsync))]);

        async Task<RecycledServer> RecycleAsync(ServerRecord server)
        {
            var isAsked = server.State != ServerState.Draining;
            var report = isAsked ? await servers.RecycleAsync(server, generation, cancellationToken) : null;
            return new(server.Name, server.Incarnation, server.State, server.Slots, isAsked)
            {
                Done = report?.Done ?? false,
                Detail = report?.Detail ?? "It is draining, so its slots end anyway.",
            };
        }
    }

    // Without the registry there is no notification either, so each server gets one request and needs no generation.
    private async Task<long?> NextGenerationAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await generations.NextAsync("recycle", cancellationToken);
        }
        catch (RegistryUnavailableException)
        {
            return null;
        }
    }

    /// <summary>Finds servers by id: the one with that incarnation, otherwise all with that name.</summary>
    public IReadOnlyList<ServerRecord> Find(string id)
    {
        var known = Servers.ToList();
        return known.Find(server => server.Incarnation == id) is { } one ? [one] : known.FindAll(server => server.Name == id);
    }

    /// <summary>Asks a server to drain.</summary>
    public async Task<OperatorReport> DrainAsync(ServerRecord server, CancellationToken cancellationToken) =>
        new([await servers.DrainAsync(server, cancellationToken)]);

    /// <summary>Asks a drained server to accept renders again.</summary>
    public async Task<OperatorReport> UndrainAsync(ServerRecord server, CancellationToken cancellationToken) =>
        new([await servers.UndrainAsync(server, cancellationToken)]);

    /// <summary>Asks every server to close the pages of an affinity. Not only the servers known to be warm: others may have become warm since the last read.</summary>
    public async Task<OperatorReport> EvictAsync(string affinity, bool revoke, CancellationToken cancellationToken) =>
        new([.. await Task.WhenAll(Servers.Select(server => servers.EvictAsync(server, affinity, revoke, cancellationToken)))]);
}
