using System.Diagnostics.Metrics;
using Fleet.Contracts;
using Fleet.PrerenderServer.Rendering.Learning;
using Fleet.ServiceDefaults.Telemetry;

namespace Fleet.PrerenderServer.Rendering.Soft;

/// <summary>Applies the <see cref="SoftPolicy"/> of this server, logs its changes and counts soft navigations.</summary>
internal sealed partial class SoftControl
{
    private readonly SoftPolicy _policy;
    private readonly int _needed;
    private readonly Counter<long> _navigations;
    private readonly Counter<long> _comparisons;
    private readonly ILogger<SoftControl> _logger;

    public SoftControl(LearningMode mode, LearningRules rules, IMeterFactory meters, ILogger<SoftControl> logger)
    {
        (_policy, _needed, _logger) = (new(mode, rules), rules.Needed, logger);
        var meter = meters.Create("Fleet.PrerenderServer");
        _navigations = meter.CreateCounter<long>("fleet.render.soft_navigations", "{render}", "Renders that were tried as a soft navigation, by whether they were answered with it.");
        _comparisons = meter.CreateCounter<long>("fleet.render.soft_comparisons", "{comparison}", "Comparisons of soft navigations with full loads, by result.");
    }

    /// <inheritdoc cref="SoftPolicy.IsEnabled"/>
    public bool IsEnabled => _policy.IsEnabled;

    /// <inheritdoc cref="SoftPolicy.Status"/>
    public RouteLearningStatus Status() => _policy.Status();

    /// <inheritdoc cref="SoftPolicy.Plan"/>
    public RoutePlan Plan(RouteKey key) => _policy.Plan(key);

    /// <inheritdoc cref="SoftPolicy.Loaded"/>
    public (bool IsKept, ReferenceLoad? Reference) Loaded(RouteKey key, ReferenceLoad load) => _policy.Loaded(key, load);

    /// <summary>Notes a soft navigation.</summary>
    /// <param name="isAnswer">Whether it is the answer; else, the URL was loaded.</param>
    public void Navigated(bool isAnswer) => _navigations.Add(1, new KeyValuePair<string, object?>("answered", isAnswer));

    /// <summary>Notes the result of a comparison.</summary>
    public void Compared(RouteKey key, Comparison result, string? reason)
    {
        _comparisons.Add(1, new KeyValuePair<string, object?>("result", MetricConventions.TagValue(result)));
        Write(_policy.Compared(key, result, reason));
    }

    /// <summary>Turns a route off.</summary>
    public void TurnOff(RouteKey key, string reason) => Write(_policy.TurnOff(key, reason));

    private void Write(RouteChange? change)
    {
        if (change is { State: RouteLearningState.On })
        {
            LogOn(change.Key.Route, _needed);
        }
        else if (change is not null)
        {
            LogOff(change.Key.Route, change.Reason!);
        }
    }

    [LoggerMessage(LogLevel.Information, "Renders of {Route} are soft navigations from now on: {Count} comparisons were equal.")]
    private partial void LogOn(string route, int count);

    [LoggerMessage(LogLevel.Information, "Renders of {Route} are full loads. {Reason}")]
    private partial void LogOff(string route, string reason);
}
