using System.Text.Json;
using Fleet.Contracts;
using Fleet.Manager.Servers;
using Fleet.Manager.Telemetry;
using Fleet.Registry;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Stopping;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fleet.Manager.Health;

/// <summary>Why a fleet cannot render. Every manager sees the same fleet.</summary>
internal enum FleetTrouble
{
    /// <summary>It can.</summary>
    None,

    /// <summary>The registry cannot be read. Renders still go to the servers that it last named.</summary>
    RegistryAway,

    /// <summary>No prerender server is registered.</summary>
    NoServers,

    /// <summary>Every server drains.</summary>
    AllDraining,

    /// <summary>No server answers: all of them refused connections, or do not answer <c>/alive</c>.</summary>
    AllUnreachable,

    /// <summary>No server is ready, for different reasons, or because all of them are starting.</summary>
    NoneReady,

    /// <summary>No ready server has a page on the current host shell.</summary>
    StaleShell,
}

/// <summary>The health of a manager.</summary>
/// <param name="Status">Unhealthy only for reasons of the manager itself, because only then would another manager do better.</param>
/// <param name="Trouble">Why the fleet cannot render.</param>
/// <param name="Description">A sentence for people.</param>
internal sealed record FleetHealth(HealthStatus Status, FleetTrouble Trouble, string Description)
{
    /// <summary>Determines the health of a manager. A fleet that cannot render makes it degraded: it can still tell callers when to retry and operators what is wrong.</summary>
    /// <param name="isDraining">Whether the manager is draining.</param>
    /// <param name="readAt">When the registry was last read; null before the first read.</param>
    /// <param name="isVerified">False while the registry cannot be read.</param>
    /// <param name="view">The fleet as last read.</param>
    /// <param name="isUnreachable">Whether this manager has evidence that a server takes no renders; see <see cref="UnhealthyServers"/>.</param>
    public static FleetHealth Judge(bool isDraining, DateTimeOffset? readAt, bool isVerified, FleetView view, Func<ServerRecord, bool> isUnreachable)
    {
        if (isDraining)
        {
            return new(HealthStatus.Unhealthy, FleetTrouble.None, "Draining.");
        }

        if (readAt is null)
        {
            return new(HealthStatus.Unhealthy, FleetTrouble.RegistryAway, "The registry has not been read yet (ConnectionStrings:redis).");
        }

        if (!isVerified)
        {
            return Degraded(FleetTrouble.RegistryAway, $"The registry cannot be read; using the state of {readAt:O}.");
        }

        var all = view.Servers.Count;
        if (all == 0)
        {
            return Degraded(FleetTrouble.NoServers, "No prerender server is registered.");
        }

        var ready = view.Ready.All.Where(server => !isUnreachable(server.Record)).ToList();
        if (ready.Count == 0)
        {
            var reasons = view.Servers.CountBy(server => ReasonOf(server.Record, isUnreachable)).OrderBy(reason => reason.Key, StringComparer.Ordinal).ToList();
            return Degraded(
                reasons is [var (only, _)] ? only switch { "draining" => FleetTrouble.AllDraining, "unreachable" => FleetTrouble.AllUnreachable, _ => FleetTrouble.NoneReady } : FleetTrouble.NoneReady,
                $"None of {all} prerender servers takes renders: {string.Join(", ", reasons.Select(reason => $"{reason.Value} {reason.Key}"))}.");
        }

        return view.Shell is { } shell && !ready.Exists(server => server.Record.ShellSlots is { Current: > 0 } slots && slots.Generation >= shell.Generation)
            ? Degraded(FleetTrouble.StaleShell, $"None of {ready.Count} ready prerender servers has a page on the current host shell, generation {shell.Generation}.")
            : new(HealthStatus.Healthy, FleetTrouble.None, $"{ready.Count} of {all} prerender servers are ready, {view.Realms.Count} realms.");
    }

    private static FleetHealth Degraded(FleetTrouble trouble, string description) => new(HealthStatus.Degraded, trouble, description);

    private static string ReasonOf(ServerRecord server, Func<ServerRecord, bool> isUnreachable) => server.State switch
    {
        ServerState.Draining => "draining",
        ServerState.Warming => "starting",
        _ when isUnreachable(server) => "unreachable",
        _ => "without slots",
    };
}

/// <summary>Reports the health of this manager as the health check <c>membership</c>, as the gauge <c>fleet.manager.degraded</c>, as one log line per change that lasts, and with
/// everything else that is wrong as <see cref="FleetAlerts"/>.</summary>
internal sealed partial class FleetHealthMonitor(
    FleetViews views, UnhealthyServers unhealthyServers, RequestDrain drain, ManagerMetrics metrics, FleetAlertSource alerts, TimeProvider timeProvider, ILogger<FleetHealthMonitor> logger)
    : BackgroundService, IHealthCheck
{
    /// <summary>Maximum time between two checks: a server that stops answering causes no change notification.</summary>
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    /// <summary>How long a change must last to be logged. When all slots of a small fleet get new pages at once, none has a current page for a moment; callers that disconnect can repeat
    /// that indefinitely.</summary>
    private static readonly TimeSpan s_hold = TimeSpan.FromSeconds(3);

    /// <summary>A fleet that starts is not an outage: until a server was ready, trouble is logged only after this time, in which a server of a running fleet has registered.</summary>
    private static readonly TimeSpan s_startTime = RegistryTtl.Server;

    private FleetHealth Current => FleetHealth.Judge(drain.IsDraining, views.ReadAt, views.IsVerified, views.Current, unhealthyServers.Contains);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var health = Current;
        return Task.FromResult(new HealthCheckResult(health.Status, health.Description));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        metrics.ObserveDegraded([.. Enum.GetValues<FleetTrouble>().Where(trouble => trouble != FleetTrouble.None).Select(ReasonOf)], () => ReasonOf(Current.Trouble));
        var started = timeProvider.GetTimestamp();
        var (change, wasReady) = (new LastingChange<FleetTrouble>(FleetTrouble.None, s_hold), false);
        try
        {
            while (true)
            {
                var next = views.NextRead;
                var health = Current;
                alerts.Update(health);
                wasReady |= health.Status == HealthStatus.Healthy;
                if (change.Observe(health.Trouble, timeProvider.GetMonotonicTime()) && !drain.IsDraining && (wasReady || timeProvider.GetElapsedTime(started) >= s_startTime))
                {
                    change.Report();
                    Log(health);
                }

                await BoundedWait.ForAsync(next, s_interval, timeProvider, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service is stopping.
        }
    }

    private void Log(FleetHealth health)
    {
        if (health.Trouble == FleetTrouble.None)
        {
            LogRecovered(health.Description);
        }
        else
        {
            LogDegraded(health.Description);
        }
    }

    private static string ReasonOf(FleetTrouble trouble) => JsonNamingPolicy.SnakeCaseLower.ConvertName(trouble.ToString());

    [LoggerMessage(LogLevel.Warning, "The fleet cannot render as it should: {Description}")]
    private partial void LogDegraded(string description);

    [LoggerMessage(LogLevel.Information, "The fleet renders again: {Description}")]
    private partial void LogRecovered(string description);
}
