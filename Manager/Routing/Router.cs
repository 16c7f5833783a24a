using Fleet.Manager.Servers;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Routing;

/// <summary>Reserves a server for a render by <see cref="RoutingPolicy"/>, and waits for one when there is none yet.</summary>
internal sealed class Router(
    FleetViews views, UnhealthyServers unhealthyServers, Reservations reservations, IOptions<ManagerOptions> options, TimeProvider timeProvider)
{
    /// <summary>A reservation, or null when no server is to be had: all ready ones are excluded, or none became ready in time.</summary>
    /// <param name="affinity">For which affinity.</param>
    /// <param name="tried">Servers that the render was tried on.</param>
    /// <param name="timeout">What is left of the render's deadline.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
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

            // A server that is ready but was tried will not get better by waiting.
            if (view.Ready.All.Any(server => !unhealthyServers.Contains(server.Record))
                || !await BoundedWait.ForAsync(next, wait - timeProvider.GetElapsedTime(started), timeProvider, cancellationToken))
            {
                return null;
            }
        }
    }

    private Reservation? TryReserve(FleetView view, string affinity, Func<string, bool> isPassedOver) => reservations.TryReserve(
        affinity,
        () => RoutingPolicy.Choose(view, reservations, affinity, server => isPassedOver(server.Incarnation) || unhealthyServers.Contains(server.Record)));
}

/// <summary>Servers that one render was tried on without success, by incarnation.</summary>
internal sealed class TriedServers
{
    private readonly HashSet<string> _excluded = [];
    private readonly HashSet<string> _avoided = [];

    /// <summary>Whether it is not to be tried again.</summary>
    public bool IsExcluded(string incarnation) => _excluded.Contains(incarnation);

    /// <summary>Whether it is not to be tried again while there is another.</summary>
    public bool IsTried(string incarnation) => _excluded.Contains(incarnation) || _avoided.Contains(incarnation);

    public void Exclude(string incarnation) => _excluded.Add(incarnation);

    public void Avoid(string incarnation) => _avoided.Add(incarnation);
}
