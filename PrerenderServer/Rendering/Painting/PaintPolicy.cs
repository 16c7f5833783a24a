using Fleet.Contracts;
using Fleet.PrerenderServer.Rendering.Learning;

namespace Fleet.PrerenderServer.Rendering.Painting;

/// <summary>
/// Decides which renders of the booted host app run without layout and paint. A route is painted until <see cref="Needed"/> comparisons were equal, and permanently once it
/// uses the layout. A difference that no use of the layout explains turns painting on for the whole host app. A new host shell starts over.
/// Safe for concurrent use.
/// </summary>
internal sealed class PaintPolicy(LearningMode mode)
{
    /// <summary>Equal comparisons after which a route is rendered without painting: 5.</summary>
    public const int Needed = 5;

    /// <summary>At most one of this many renders is repeated for a comparison: 10.</summary>
    public const int RendersPerComparison = 10;

    /// <summary>A route that is rendered without painting is compared again after this many renders: 200.</summary>
    public const int RendersPerSample = 200;

    /// <summary>Maximum number of host shells that are remembered: 4. A deploy has two, and so has a rollback.</summary>
    private const int MaxShells = 4;

    private readonly RouteLearning _learning = new(new(Needed, RendersPerComparison, RendersPerSample, MaxShells));

    /// <summary>Decides how a render runs, and counts it.</summary>
    public PaintPlan Plan(RouteKey key) => Applies(key) && _learning.Plan(key) is var plan ? new(!plan.IsOn, plan.IsCompared) : PaintPlan.Painted;

    /// <summary>Notes what a render used of the layout. Returns the change, if there is one.</summary>
    public RouteChange? Used(RouteKey key, LayoutUse use) =>
        !Applies(key) || use.IsNone ? null
        : use.Observes is { } observes ? _learning.TurnOffApp(key, $"{key.Route} observes the layout with {observes}.", isExplained: true)
        : _learning.TurnOff(key, $"It reads the layout with {use.Read}.");

    /// <summary>Notes that a render failed without painting and not with it. It may have been a coincidence, so the route is compared again from the start.</summary>
    public RouteChange? Failed(RouteKey key) => Applies(key) ? _learning.Restart(key, "A render failed without painting, and succeeded with it.") : null;

    /// <summary>Notes the result of a comparison. Returns the change, if there is one.</summary>
    public RouteChange? Compared(RouteKey key, Comparison result) => !Applies(key) ? null : result switch
    {
        Comparison.Different => _learning.TurnOffApp(key, $"{key.Route} rendered something else without painting, and nothing showed that it uses the layout.", isExplained: false),
        Comparison.Unsteady => _learning.Unsteady(key, "Its content differs from one render to the next, so it cannot be compared."),
        _ => _learning.Equal(key),
    };

    /// <summary>The state of a host shell.</summary>
    /// <param name="token">Its token; null while none is known.</param>
    public RouteLearningStatus Status(string? token) => mode == LearningMode.Off ? new(RouteLearningState.Off) { Reason = "Rendering:NoPaint is off." } : _learning.Status(token);

    private bool Applies(RouteKey key) => mode != LearningMode.Off && key.App is not null;
}
