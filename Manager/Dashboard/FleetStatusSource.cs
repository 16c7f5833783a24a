using System.Runtime.CompilerServices;
using Fleet.Contracts;
using Fleet.Manager.Health;
using Fleet.Manager.HostShells;
using Fleet.Manager.Rendering;
using Fleet.Manager.Scheduling;
using Fleet.Manager.Servers;
using Fleet.ServiceDefaults.Stopping;

namespace Fleet.Manager.Dashboard;

/// <summary>Builds snapshots of the fleet as this manager sees it.</summary>
internal sealed class FleetStatusSource(
    FleetViews views, Reservations reservations, AllowedOrigins allowedOrigins, ConcurrencyGate gate, RequestDrain drain, ShellProgress shells,
    FleetAlerts alerts, UnhealthyServers unhealthyServers,
    TimeProvider timeProvider)
{
    private const int MaxQueues = 20;

    /// <summary>Minimum time between two snapshots: under load the in-flight counts change a thousand times a second.</summary>
    private static readonly TimeSpan s_minInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Maximum time between two snapshots, so that a listener can tell an idle fleet from a dead connection.</summary>
    private static readonly TimeSpan s_maxInterval = TimeSpan.FromSeconds(10);

    /// <summary>The current status.</summary>
    /// <param name="withPrincipals">Whether affinities of users and principals are named. Their names are ids of people and digests of credentials.</param>
    public FleetStatus Current(bool withPrincipals)
    {
        var view = views.Current;
        return new FleetStatus
        {
            Shell = view.Shell,
            Convergence = shells.Current,
            Servers =
            [
                .. view.Servers.Select(server => new ServerStatus(
                    server.Record with { SlotStates = [.. server.Record.SlotStates.Take(ServerRecord.MaxSlotStates).Select(slot => withPrincipals ? slot : slot with { Affinity = PublicNameOf(slot.Affinity) })] },
                    [.. server.Warm.OrderByDescending(warm => warm.Value).Select(warm => withPrincipals ? warm.Key : PublicNameOf(warm.Key)).OfType<string>().Distinct()],
                    reservations.On(server.Incarnation))
                { Unhealthy = unhealthyServers.Contains(server.Record) }),
            ],
            Realms = view.Realms,
            Services = view.Services,
            AllowedOrigins = allowedOrigins.With(view.Realms).Origins,
            InFlight = gate.InFlight,
            Callers = drain.InFlight,
            Queued = gate.Queued,
            Queues =
            [
                .. gate.QueuedByAffinity.GroupBy(queue => PublicNameOf(queue.Key) ?? "user:").Select(queues => new QueueLength(queues.Key, queues.Sum(queue => queue.Value)))
                    .OrderByDescending(queue => queue.Queued).ThenBy(queue => queue.Affinity, StringComparer.Ordinal).Take(MaxQueues),
            ],
            Alerts = alerts.Current,
            ReadAt = views.ReadAt,
            At = timeProvider.GetUtcNow(),
        };
    }

    /// <summary>Completes when the fleet or the load changes. Take it before reading <see cref="Current"/>.</summary>
    public Task Changed => Task.WhenAny(views.NextRead, gate.Changed.Next);

    /// <summary>Yields the current status, then a new one after every change, until cancelled.</summary>
    public async IAsyncEnumerable<FleetStatus> WatchAsync(bool withPrincipals, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var changed = Changed;
            yield return Current(withPrincipals);
            if (!await PauseAsync(changed, s_maxInterval, cancellationToken))
            {
                yield break;
            }
        }
    }

    // A realm without its principal; null for a user.
    private static string? PublicNameOf(string? affinity) =>
        AffinityKey.TryParse(affinity, out var key) && key.Kind == "realm" ? (key with { Scope = "" }).ToString() : null;

    /// <summary>Waits for the next snapshot. False when the listener disconnected or the manager stops, which is not an error.</summary>
    public async Task<bool> PauseAsync(Task changed, TimeSpan maxInterval, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(s_minInterval, timeProvider, cancellationToken);
            await BoundedWait.ForAsync(changed, maxInterval - s_minInterval, timeProvider, cancellationToken);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
