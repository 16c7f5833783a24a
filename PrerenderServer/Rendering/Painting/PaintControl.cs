using System.Diagnostics.Metrics;
using Fleet.Contracts;
using Fleet.PrerenderServer.Rendering.Learning;
using Fleet.ServiceDefaults.Telemetry;

namespace Fleet.PrerenderServer.Rendering.Painting;

/// <summary>Applies the <see cref="PaintPolicy"/> of this server, logs its changes and counts renders by how they ran.</summary>
internal sealed partial class PaintControl
{
    private readonly PaintPolicy _policy;
    private readonly Counter<long> _renders;
    private readonly Counter<long> _comparisons;
    private readonly ILogger<PaintControl> _logger;

    public PaintControl(LearningMode mode, IMeterFactory meters, ILogger<PaintControl> logger)
    {
        (_policy, _logger) = (new(mode), logger);
        var meter = meters.Create("Fleet.PrerenderServer");
        _renders = meter.CreateCounter<long>("fleet.render.paint", "{render}", "Calls of the host's render, by whether the page was painted.");
        _comparisons = meter.CreateCounter<long>("fleet.render.comparisons", "{comparison}", "Comparisons of a painted render with one that is not, by result.");
    }

    /// <summary>The state of a host shell.</summary>
    public RouteLearningStatus Status(string? token) => _policy.Status(token);

    /// <summary>Decides how a render runs.</summary>
    public PaintPlan Plan(RouteKey key) => _policy.Plan(key);

    /// <summary>Notes an answer of the host.</summary>
    /// <param name="key">The route.</param>
    /// <param name="isPainted">Whether the page was painted.</param>
    /// <param name="use">What the render used of the layout; null if unknown.</param>
    public void Answered(RouteKey key, bool isPainted, LayoutUse? use)
    {
        _renders.Add(1, new KeyValuePair<string, object?>("painted", isPainted));
        if (use is not null)
        {
            Write(_policy.Used(key, use));
        }
    }

    /// <summary>Notes that a render failed without painting and not with it.</summary>
    public void Failed(RouteKey key) => Write(_policy.Failed(key));

    /// <summary>Notes the result of a comparison.</summary>
    public void Compared(RouteKey key, Comparison result)
    {
        _comparisons.Add(1, new KeyValuePair<string, object?>("result", MetricConventions.TagValue(result)));
        Write(_policy.Compared(key, result));
    }

    private void Write(RouteChange? change)
    {
        switch (change)
        {
            case null:
                break;
            case { State: RouteLearningState.On }:
                LogOn(change.Key.Route, PaintPolicy.Needed);
                break;
            case { IsApp: true }:
                LogShellOff(change.Key.App, change.Reason!);
                break;
            default:
                LogRoutePainted(change.Key.Route, change.Reason!);
                break;
        }
    }

    [LoggerMessage(LogLevel.Information, "Renders of {Route} run without layout and paint from now on: {Count} comparisons were equal.")]
    private partial void LogOn(string route, int count);

    [LoggerMessage(LogLevel.Information, "Renders of {Route} are painted. {Reason}")]
    private partial void LogRoutePainted(string route, string reason);

    [LoggerMessage(LogLevel.Information, "All renders of the host shell {Shell} are painted. {Reason}")]
    private partial void LogShellOff(string? shell, string reason);
}
