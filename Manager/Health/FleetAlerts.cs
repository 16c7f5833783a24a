using System.Text.Json;
using Fleet.Contracts;
using Fleet.Manager.HostShells;
using Fleet.Manager.Scheduling;
using Fleet.Manager.Servers;
using Fleet.Manager.Telemetry;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Health;

/// <summary>What a manager knows about its fleet at one moment.</summary>
/// <param name="Health">Whether the fleet can render.</param>
/// <param name="View">The fleet as last read.</param>
/// <param name="Now">The time.</param>
internal sealed record FleetSituation(FleetHealth Health, FleetView View, DateTimeOffset Now)
{
    /// <summary>Servers that this manager skips.</summary>
    public Func<ServerRecord, bool> IsUnreachable { get; init; } = static _ => false;

    /// <summary>Servers that vanished without a drain.</summary>
    public IReadOnlyList<LostServer> Lost { get; init; } = [];

    /// <summary>The progress of the deploy; null before the first claim.</summary>
    public ShellConvergence? Convergence { get; init; }

    /// <summary>The queue and the work.</summary>
    public ManagerLoad Load { get; init; } = new(0, TimeSpan.Zero, TimeSpan.Zero, 0);

    /// <summary>Maximum length of the queue, <c>Manager:MaxQueued</c>.</summary>
    public int MaxQueued { get; init; } = int.MaxValue;

    /// <summary>The last minute.</summary>
    public RecentLoad Recent { get; init; } = new(0, 0, 0, 0);
}

/// <summary>An alert without its time.</summary>
internal sealed record Finding(string Reason, bool Severe, string Detail, string? Server = null, string? Address = null);

/// <summary>Decides what is wrong with a fleet.</summary>
internal static class FleetAlertRules
{
    /// <summary>A deploy that takes longer is stuck: a page boots within <c>Browser:BootTimeout</c>, and a render ends within 2 min.</summary>
    public static readonly TimeSpan StuckAfter = TimeSpan.FromMinutes(3);

    /// <summary>Fewer renders in a minute say nothing about the fleet.</summary>
    private const int MinRenders = 10;

    private const int MaxNames = 5;

    /// <summary>What is wrong, the most severe first; empty when nothing is.</summary>
    public static IReadOnlyList<Finding> Judge(FleetSituation fleet)
    {
        List<Finding> findings = [.. Fleet(fleet), .. Servers(fleet), .. Load(fleet), .. Deploy(fleet)];
        return [.. findings.OrderByDescending(finding => finding.Severe)];
    }

    private static IEnumerable<Finding> Fleet(FleetSituation fleet)
    {
        if (fleet.Health.Trouble != FleetTrouble.None)
        {
            var remedy = fleet.Health.Trouble switch
            {
                FleetTrouble.RegistryAway => " Renders continue; commands and deploys wait for Redis.",
                FleetTrouble.NoServers => " Every render fails. Start servers with the same Redis and Fleet:AdminKey.",
                FleetTrouble.AllUnreachable => " Their addresses must be reachable from this manager (Registration:Url).",
                FleetTrouble.StaleShell => " Renders wait for the deploy.",
                _ => "",
            };
            yield return new(JsonNamingPolicy.SnakeCaseLower.ConvertName(fleet.Health.Trouble.ToString()), true, fleet.Health.Description + remedy);
        }
        else if (fleet.Health.Status == HealthStatus.Unhealthy)
        {
            yield return new("manager_draining", true, "This manager is stopping and takes no more renders.");
        }
    }

    private static IEnumerable<Finding> Servers(FleetSituation fleet) =>
    [
        .. fleet.View.Servers.Where(server => server.Record.State != ServerState.Draining && fleet.IsUnreachable(server.Record)).Select(server => new Finding(
            "server_unhealthy", false, $"{server.Record.Name} does not answer; its renders go to other servers.", server.Record.Name, server.Record.Url)),
        .. fleet.Lost.Select(lost => new Finding("server_lost", false, $"{lost.Name} is gone without a drain: its process or its machine died or froze.", lost.Name, lost.Url)),
    ];

    private static IEnumerable<Finding> Load(FleetSituation fleet)
    {
        var (load, recent) = (fleet.Load, fleet.Recent);
        if (recent.Overloaded > 0 || (load.Queued > 0 && load.Queued >= fleet.MaxQueued))
        {
            yield return new("overloaded", true,
                $"The fleet is overloaded: {recent.Overloaded} renders were rejected in the last minute, {load.Queued} wait for {load.Slots} slots. Add servers, or find the realm that floods.");
        }
        else if (load.Queued > load.Slots && load.Queued > recent.QueuedBefore)
        {
            yield return new("queue_growing", false,
                $"The queue grows: {load.Queued} renders wait, {recent.QueuedBefore} half a minute ago; it needs {load.Backlog.TotalSeconds:0.#} s for them.");
        }

        // Without servers every render fails, and the reason is known.
        if (fleet.Health.Trouble == FleetTrouble.None && recent.Renders >= MinRenders && (recent.Failed - recent.Overloaded) * 2 > recent.Renders)
        {
            yield return new("renders_fail", true, $"{recent.Failed} of {recent.Renders} renders failed in the last minute. See the failed renders below.");
        }
    }

    private static IEnumerable<Finding> Deploy(FleetSituation fleet)
    {
        if (fleet.Convergence is { Phase: not ShellPhase.Converged } convergence && fleet.Now - convergence.Since >= StuckAfter)
        {
            var behind = fleet.View.Servers.Where(server => server.Record.State != ServerState.Draining && IsBehind(server.Record, fleet.View.Shell)).Select(server => server.Record.Name).ToList();
            yield return new("deploy_stuck", false, convergence.Phase == ShellPhase.Rolling
                ? $"The deploy is stuck: {convergence.Serving.Count} realm servers serve different host shells."
                : $"The deploy is stuck: {Names(behind)} {(behind.Count == 1 ? "has" : "have")} pages on an older host shell.");
        }
    }

    private static bool IsBehind(ServerRecord server, HostShell? shell) => server.ShellSlots is not { Behind: 0 } slots || slots.Generation < shell?.Generation;

    private static string Names(List<string> names) => names.Count switch
    {
        0 => "no server known",
        <= MaxNames => string.Join(", ", names),
        _ => $"{string.Join(", ", names.Take(MaxNames))} and {names.Count - MaxNames} more",
    };
}

/// <summary>Collects what this manager knows, and updates the alerts.</summary>
internal sealed class FleetAlertSource(
    FleetAlerts alerts, FleetViews views, UnhealthyServers unhealthyServers, Heartbeats heartbeats, ShellProgress shells, ConcurrencyGate gate, RenderHistory history,
    IOptions<ManagerOptions> options, TimeProvider timeProvider)
{
    /// <summary>Judges the fleet anew. Not thread-safe.</summary>
    public void Update(FleetHealth health)
    {
        if (views.IsVerified)
        {
            heartbeats.Observe(views.Current);
        }

        var (load, now) = (gate.Load, timeProvider.GetUtcNow());
        history.Queued(load.Queued);
        alerts.Update(
            FleetAlertRules.Judge(new(health, views.Current, now)
            {
                IsUnreachable = unhealthyServers.Contains,
                Lost = heartbeats.Lost,
                Convergence = shells.Current,
                Load = load,
                MaxQueued = options.Value.MaxQueued,
                Recent = history.LastMinute,
            }),
            now);
    }
}

/// <summary>Remembers since when each alert exists. Not thread-safe: <see cref="FleetHealthMonitor"/> updates it, and readers get an immutable list.</summary>
internal sealed class FleetAlerts
{
    private volatile IReadOnlyList<FleetAlert> _current = [];

    /// <summary>The alerts, the most severe first.</summary>
    public IReadOnlyList<FleetAlert> Current => _current;

    /// <summary>Replaces the alerts; one that existed before keeps its time.</summary>
    public void Update(IReadOnlyList<Finding> findings, DateTimeOffset now) => _current =
    [
        .. findings.Select(finding => new FleetAlert(
            finding.Reason, finding.Detail, _current.FirstOrDefault(known => known.Reason == finding.Reason && known.Server == finding.Server)?.Since ?? now, finding.Severe)
        {
            Server = finding.Server,
            Address = finding.Address,
        }),
    ];
}
