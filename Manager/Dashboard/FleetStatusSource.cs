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
    /// <param name="isTrusted">Whether the reader has the admin key; for others see <see cref="PublicFleet"/>.</param>
    public FleetStatus Current(bool isTrusted)
    {
        var view = views.Current;
        var allowed = allowedOrigins.With(view.Realms).Origins;
        var status = new FleetStatus
        {
            Shell = view.Shell,
            Convergence = shells.Current,
            Servers =
            [
                .. view.Servers.Select(server => new ServerStatus(
                    server.Record with { SlotStates = [.. server.Record.SlotStates.Take(ServerRecord.MaxSlotStates)] },
                    [.. server.Warm.Order(StringComparer.Ordinal)],
                    reservations.On(server.Incarnation))
                { Unhealthy = unhealthyServers.Contains(server.Record) }),
            ],
            Realms = view.Realms,
            Services = view.Services,
            AllowedOrigins = allowed,
            AllowedOriginCount = allowed.Count,
            InFlight = gate.InFlight,
            Callers = drain.InFlight,
            Queued = gate.Queued,
            Queues =
            [
                .. gate.QueuedByAffinity.GroupBy(queue => PublicFleet.NameOf(queue.Key) ?? "user:").Select(queues => new QueueLength(queues.Key, queues.Sum(queue => queue.Value)))
                    .OrderByDescending(queue => queue.Queued).ThenBy(queue => queue.Affinity, StringComparer.Ordinal).Take(MaxQueues),
            ],
            Alerts = alerts.Current,
            ReadAt = views.ReadAt,
            At = timeProvider.GetUtcNow(),
        };
        return isTrusted ? status : PublicFleet.Of(status);
    }

    /// <summary>Completes when the fleet or the load changes. Take it before reading <see cref="Current"/>.</summary>
    public Task Changed => Task.WhenAny(views.NextRead, gate.Changed.Next);

    /// <summary>Yields the current status, then a new one after every change, until cancelled.</summary>
    public async IAsyncEnumerable<FleetStatus> WatchAsync(bool isTrusted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var changed = Changed;
            yield return Current(isTrusted);
            if (!await PauseAsync(changed, s_maxInterval, cancellationToken))
            {
                yield break;
            }
        }
    }

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
