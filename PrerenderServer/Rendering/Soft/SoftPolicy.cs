using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Rendering.Learning;

namespace Fleet.PrerenderServer.Rendering.Soft;

/// <summary>
/// Decides which renders that navigate to a URL may be soft navigations. A route is loaded until enough comparisons were equal, and for good after a difference. Each version of
/// the app's document starts over, once it was seen twice: a document with a random nonce is a new version on each load. Keeps the last full load of each route that is learned, for the next comparison.
/// Safe for concurrent use.
/// </summary>
internal sealed class SoftPolicy(LearningMode mode, LearningRules rules)
{
    /// <summary>5 equal comparisons, of at most one in 4 full loads of an app, turn a route on. Of a route that is on, one in 50 soft navigations is repeated as a full load. 32 versions of
    /// apps are remembered.</summary>
    public static LearningRules Rules { get; } = new(Needed: 5, RendersPerComparison: 4, RendersPerSample: 50, MaxApps: 32);

    /// <summary>Soft navigations of one document: 8. Each comparison makes as many, so that no document gets further than was compared.</summary>
    public const int MaxVisits = 8;

    /// <summary>A full load that read more URLs is not remembered.</summary>
    private const int MaxReads = 200;

    private readonly Lock _gate = new();
    private readonly RouteLearning _learning = new(rules);

    /// <summary>The last full load of each route, in the order in which they were loaded.</summary>
    private readonly OrderedDictionary<RouteKey, ReferenceLoad> _last = [];

    /// <summary>Whether soft navigations are used at all.</summary>
    public bool IsEnabled => mode != LearningMode.Off;

    /// <summary>Decides whether a render that could be a soft navigation is one, and counts it.</summary>
    public RoutePlan Plan(RouteKey key) => _learning.IsOn(key) ? _learning.Plan(key) : default;

    /// <summary>Decides what follows a full load.</summary>
    /// <param name="key">The route.</param>
    /// <param name="load">The full load.</param>
    /// <returns>Whether its document is kept for soft navigations, and the earlier full load of another URL to compare a soft navigation with.</returns>
    public (bool IsKept, ReferenceLoad? Reference) Loaded(RouteKey key, ReferenceLoad load)
    {
        if (_learning.IsOn(key))
        {
            return (true, null);
        }

        lock (_gate)
        {
            if (_last.TryGetValue(key, out var last) && last.Url != load.Url && _learning.Plan(key).IsCompared)
            {
                return (false, last);
            }

            if (load.Reads.Count <= MaxReads)
            {
                _last.Remove(key);
                _last.Add(key, load);
                if (_last.Count > RouteLearning.MaxRoutes)
                {
                    _last.RemoveAt(0);
                }
            }

            return default;
        }
    }

    /// <summary>Notes the result of a comparison. Returns the change, if there is one.</summary>
    /// <param name="key">The route.</param>
    /// <param name="result">The result.</param>
    /// <param name="reason">What differs, or why it says nothing; null if both are equal.</param>
    public RouteChange? Compared(RouteKey key, Comparison result, string? reason) => result switch
    {
        Comparison.Different => _learning.TurnOff(key, reason!),
        Comparison.Unsteady => _learning.Unsteady(key, reason!),
        _ => _learning.Equal(key),
    };

    /// <summary>Turns a route off. Returns the change, if there is one.</summary>
    public RouteChange? TurnOff(RouteKey key, string reason) => _learning.TurnOff(key, reason);

    /// <summary>The state of all apps.</summary>
    public RouteLearningStatus Status() => IsEnabled ? _learning.Status() : new(RouteLearningState.Off) { Reason = "Rendering:SoftNavigation is off." };

    /// <summary>Whether a document has grown so much that the app probably leaks memory. Its size after the load is the baseline.</summary>
    public static bool HasGrown(DocumentSize first, DocumentSize now) => now.Nodes > (2 * first.Nodes) + 5_000 || now.HeapBytes > (2 * first.HeapBytes) + 32_000_000;
}

/// <summary>A full load, as much as a comparison needs.</summary>
/// <param name="Url">The URL.</param>
/// <param name="Digest">Digest of its document.</param>
/// <param name="Reads">URLs that it read.</param>
internal sealed record ReferenceLoad(string Url, string Digest, IReadOnlyList<string> Reads)
{
    /// <summary>Whether a soft navigation to the URL has the same result.</summary>
    public bool IsSame(SoftDocument soft) => Digest == soft.Digest && !Reads.Except(soft.Reads, StringComparer.Ordinal).Any();
}
