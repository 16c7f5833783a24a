using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Rendering.Learning;

namespace Fleet.PrerenderServer.Rendering.Soft;

/// <summary>
/// Decides which renders that navigate to a URL may be soft navigations. A route is loaded until <see cref="Needed"/> comparisons were equal, and for good after a difference. Each version of
/// the app's document starts over. Remembers the last full load of each route that is learned, for the next comparison. Safe for concurrent use.
/// </summary>
internal sealed class SoftPolicy(LearningMode mode)
{
    /// <summary>Equal comparisons after which a route is navigated softly: 5.</summary>
    public const int Needed = 5;

    /// <summary>At most one of this many full loads of an app is followed by a comparison: 4.</summary>
    public const int RendersPerComparison = 4;

    /// <summary>One of this many soft navigations of a route is repeated as a full load, to compare them: 50.</summary>
    public const int RendersPerSample = 50;

    /// <summary>Soft navigations of one document: 8. Each comparison makes as many, so that no document gets further than was compared.</summary>
    public const int MaxVisits = 8;

    /// <summary>Maximum number of versions of apps that are remembered: 32.</summary>
    private const int MaxApps = 32;

    /// <summary>A full load that read more URLs is not remembered.</summary>
    private const int MaxReads = 200;

    private readonly Lock _gate = new();
    private readonly RouteLearning _learning = new(new(Needed, RendersPerComparison, RendersPerSample, MaxApps));
    private readonly Dictionary<RouteKey, FullLoad> _last = [];

    /// <summary>Whether soft navigations are used at all.</summary>
    public bool IsEnabled => mode != LearningMode.Off;

    /// <summary>Decides whether a render that could be a soft navigation is one, and counts it.</summary>
    public RoutePlan Plan(RouteKey key) => _learning.Plan(key);

    /// <summary>Decides what follows a full load.</summary>
    /// <param name="key">The route.</param>
    /// <param name="load">The full load.</param>
    /// <returns>Whether its document is kept for soft navigations, and the earlier full load of another URL to compare a soft navigation with.</returns>
    public (bool IsKept, FullLoad? Reference) Loaded(RouteKey key, FullLoad load)
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
                if (_last.Count >= RouteLearning.MaxRoutes && !_last.ContainsKey(key))
                {
                    _last.Clear();
                }

                _last[key] = load;
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

    /// <summary>Whether a document has grown so much that the app probably keeps what it should release. What it keeps at first is its own.</summary>
    public static bool HasGrown(DocumentSize first, DocumentSize now) => now.Nodes > (2 * first.Nodes) + 5_000 || now.HeapBytes > (2 * first.HeapBytes) + 32_000_000;
}

/// <summary>A full load, as much as a comparison needs.</summary>
/// <param name="Url">The URL.</param>
/// <param name="Digest">Digest of its document.</param>
/// <param name="Reads">URLs that it read.</param>
internal sealed record FullLoad(string Url, string Digest, IReadOnlyList<string> Reads)
{
    /// <summary>Whether a soft navigation to the URL has the same result.</summary>
    public bool IsSame(SoftDocument soft) => Digest == soft.Digest && !Reads.Except(soft.Reads, StringComparer.Ordinal).Any();
}
