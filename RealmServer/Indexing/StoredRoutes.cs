using Fleet.RealmServer.Content;
using Fleet.RealmServer.Rendering;
using Fleet.Registry;
using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Indexing;

/// <summary>Counts the stored routes of the host app. They are counted at most every 5 s, since anyone may ask; their addresses, which may be known to one visitor only, are for operators
/// (<c>GET /_pages</c>).</summary>
internal sealed class StoredRoutes(IPageStore store, PublicAddress address, TimeProvider timeProvider)
{
    private static readonly TimeSpan s_maxAge = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private (Task<RouteCounts?> Counts, long At)? _latest;

    /// <summary>The counts; null while the registry is unavailable.</summary>
    public Task<RouteCounts?> CountAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_latest is not { } latest || (latest.Counts.IsCompleted && timeProvider.GetElapsedTime(latest.At) >= s_maxAge))
            {
                // Not bound to the first caller's token: the result is shared.
                _latest = latest = (ReadAsync(), timeProvider.GetTimestamp());
            }

            return latest.Counts.WaitAsync(cancellationToken);
        }
    }

    private async Task<RouteCounts?> ReadAsync()
    {
        try
        {
            var routes = (await store.GetFactsAsync(PageSource.RoutesKeptUnder(address), CancellationToken.None)).Values.ToList();
            return new RouteCounts(routes.Count, routes.Count(static route => route.Status >= 400), routes.Count == 0 ? null : routes.Max(static route => route.RenderedAt));
        }
        catch (RegistryUnavailableException)
        {
            return null;
        }
    }
}

/// <summary>The stored routes of the host app.</summary>
/// <param name="Stored">Their number.</param>
/// <param name="Errors">How many of them have a status of 400 or above.</param>
/// <param name="NewestAt">When the newest was rendered; null if there is none.</param>
internal sealed record RouteCounts(int Stored, int Errors, DateTimeOffset? NewestAt);
