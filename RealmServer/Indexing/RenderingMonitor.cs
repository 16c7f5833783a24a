using Fleet.RealmServer.Rendering;
using Fleet.Registry;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fleet.RealmServer.Indexing;

/// <summary>Monitors whether pages can be rendered: probes the manager every few seconds and evaluates the result of the index. Logs one line per change,
/// regardless of how many renders fail.</summary>
internal sealed partial class RenderingMonitor(
    ManagerClient manager, IndexProgress progress, RealmMetrics metrics, TimeProvider timeProvider, ILogger<RenderingMonitor> logger)
    : BackgroundService, IHealthCheck
{
    private const int MaxReason = 300;

    private volatile RenderingHealth _current = RenderingHealth.Unknown;
    private int _failedProbes;

    /// <summary>The latest decision.</summary>
    public RenderingHealth Current => _current;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_current is { Trouble: RenderingTrouble.None, Description: var description }
            ? HealthCheckResult.Healthy(description)
            : HealthCheckResult.Degraded(_current.Description));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        metrics.Observe(() => _current.Trouble);
        using var timer = new PeriodicTimer(RegistryTtl.Repeat, timeProvider);
        try
        {
            do
            {
                Note(RenderingHealthRules.Decide(_current, GetFacts(await ProbeAsync(stoppingToken))));
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service is stopping.
        }
    }

    private async Task<string?> ProbeAsync(CancellationToken cancellationToken)
    {
        if (!manager.IsConfigured)
        {
            return null;
        }

        try
        {
            await manager.EnsureReadyAsync(cancellationToken);
            _failedProbes = 0;
            return null;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            _failedProbes++;
            return e.Message;
        }
    }

    private RenderingFacts GetFacts(string? managerProblem)
    {
        var all = progress.Brief;
        var publicRealms = progress.StatusFor(static realm => !realm.IsPrivate);
        var reason = publicRealms.Failures.GroupBy(failure => failure.Reason).MaxBy(group => group.Count())?.Key;
        return new(
            manager.IsConfigured, _failedProbes, managerProblem, all.State, new(all.Total, all.Failed), new(publicRealms.Total, publicRealms.Failed),
            reason?.Length > MaxReason ? reason[..MaxReason] + "…" : reason);
    }

    private void Note(RenderingHealth health)
    {
        var previous = _current;
        _current = health;
        if (health.Trouble == previous.Trouble)
        {
            return;
        }

        if (health.Trouble == RenderingTrouble.None)
        {
            LogRecovered(health.Description);
        }
        else
        {
            LogDegraded(health.Description);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Rendering is degraded: {Description}")]
    private partial void LogDegraded(string description);

    [LoggerMessage(LogLevel.Information, "Pages are rendered again. {Description}")]
    private partial void LogRecovered(string description);
}
