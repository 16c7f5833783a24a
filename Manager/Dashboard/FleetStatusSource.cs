using System.Runtime.CompilerServices;
using Fleet.Contracts;
using Fleet.Manager.HostShells;
using Fleet.Manager.Rendering;
using Fleet.Manager.Scheduling;
using Fleet.Manager.Servers;
using Fleet.ServiceDefaults.Stopping;

namespace Fleet.Manager.Dashboard;

/// <summary>The fleet as this manager sees it, for people.</summary>
internal sealed class FleetStatusSource(
    FleetViews views, Reservations reservations, AllowedOrigins allowedOrigins, ConcurrencyGate gate, RequestDrain drain, ShellProgress shells,
    TimeProvider timeProvider)
{
    /// <summary>No two snapshots come closer than this: under load the in-flight counts change a thousand times a second.</summary>
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(250);

    /// <summary>A snapshot comes at least this often, changed or not: a listener can tell a quiet fleet from a dead connection.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(10);

    public FleetStatus Current()
    {
        var view = views.Current;
        return new FleetStatus
        {
            Shell = view.Shell,
            Convergence = shells.Current,
            Servers =
            [
                .. view.Servers.Select(server => new ServerStatus(
                    server.Record,
                    [.. server.Warm.OrderByDescending(warm => warm.Value).Select(warm => warm.Key)],
                    reservations.On(server.Incarnation))),
            ],
            Realms = view.Realms,
            AllowedOrigins = allowedOrigins.With(view.Realms).Origins,
            InFlight = gate.InFlight,
            Callers = drain.InFlight,
            Queued = gate.Queued,
            ReadAt = views.ReadAt,
            At = timeProvider.GetUtcNow(),
        };
    }

    /// <summary>The status now and at every change, until cancelled.</summary>
    public async IAsyncEnumerable<FleetStatus> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var changed = Task.WhenAny(views.NextRead, gate.Changed.Next);
            yield return Current();
            if (!await PauseAsync(changed, cancellationToken))
            {
                yield break;
            }
        }
    }

    /// <summary>False when the listener is gone or the manager stops: an ordinary end, not an error.</summary>
    private async Task<bool> PauseAsync(Task changed, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(s_shortest, timeProvider, cancellationToken);
            await BoundedWait.ForAsync(changed, s_longest - s_shortest, timeProvider, cancellationToken);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
