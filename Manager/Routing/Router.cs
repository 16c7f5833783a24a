using Fleet.Manager.Servers;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Routing;

/// <summary>Reserves the server that <see cref="RoutingPolicy"/> chooses for a render, and waits for one if none is ready.</summary>
internal sealed class Router(
    FleetViews views, UnhealthyServers unhealthyServers, Reservations reservations, IOptions<ManagerOptions> options, TimeProvider timeProvider)
{
    private readonly RoutingPolicy _policy = new(options.Value.Routing);

    /// <summary>Reserves a server. Null when all ready servers are excluded, or none became ready in time.</summary>
    /// <param name="affinity">The affinity of the render.</param>
    /// <param name="tried">Servers on which the render has failed.</param>
    /// <param name="timeout">Remaining time of the render; the wait is also bounded by <c>Manager:DiscoveryWait</c>.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public async Task<Reservation?> ReserveAsync(string affinity, TriedServers tried, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var wait = timeout < options.Value.DiscoveryWait ? timeout : options.Value.DiscoveryWait;
        var started = timeProvider.GetTimestamp();
        while (true)
        {
            var next = views.NextRead;
            var view = views.Current;
            if ((TryReserve(view, affinity, tried.IsTried) ?? TryReserve(view, affinity, tried.IsExcluded)) is { } reservation)
            {
                return reservation;
            }

            // A ready server that was already tried does not become eligible by waiting.
            if (view.Ready.All.Any(server => !unhealthyServers.Contains(server.Record))
                || !await BoundedWait.ForAsync(next, wait - timeProvider.GetElapsedTime(started), timeProvider, cancellationToken))
            {
                return null;
            }
        }
    }

    private Reservation? TryReserve(FleetView view, string affinity, Func<string, bool> isPassedOver) => reservations.TryReserve(
        affinity,
        () => _policy.Choose(view, reservations, affinity, server => isPassedOver(server.Incarnation) || unhealthyServers.Contains(server.Record)));
}

/// <summary>The servers on which one render has failed, by incarnation.</summary>
internal sealed class TriedServers
{
    private readonly HashSet<string> _excluded = [];
    private readonly HashSet<string> _avoided = [];

    /// <summary>Whether the server must not be tried again.</summary>
    public bool IsExcluded(string incarnation) => _excluded.Contains(incarnation);

    /// <summary>Whether the server must not be tried again while there is another.</summary>
    public bool IsTried(string incarnation) => _excluded.Contains(incarnation) || _avoided.Contains(incarnation);

    public void Exclude(string incarnation) => _excluded.Add(incarnation);

    public void Avoid(string incarnation) => _avoided.Add(incarnation);
}
