using Fleet.Contracts;

namespace Fleet.PrerenderServer.Rendering.Learning;

/// <summary>
/// Learns from comparisons which routes of an app may be rendered in a cheaper way. A route is off until enough comparisons were equal, and for good once it is
/// turned off. Each version of an app starts over. What is remembered is bounded. Safe for concurrent use.
/// </summary>
internal sealed class RouteLearning(LearningRules rules)
{
    /// <summary>Comparisons of changing content after which a route is turned off: 3. Once the route is on, an equal comparison starts the count again.</summary>
    public const int MaxUnsteady = 3;

    /// <summary>Number of routes of one app above which further ones are distinguished only by their number of segments: 256.</summary>
    public const int MaxRoutes = 256;

    private readonly Lock _gate = new();

    /// <summary>The apps, the most recently used one last.</summary>
    private readonly List<App> _apps = [];

    /// <summary>Decides how a render runs, and counts it. A new app is remembered from then on.</summary>
    public RoutePlan Plan(RouteKey key)
    {
        lock (_gate)
        {
            if (Find(key) is not ({ Reason: null } app, { Reason: null } route))
            {
                return default;
            }

            app.Renders++;
            route.Unsampled++;
            var isOn = route.Equal >= rules.Needed;
            // The first renders of an app decide soon whether the others are cheap.
            var mayCompare = app.Comparisons < rules.Needed || app.Renders >= (app.Comparisons + 1L) * rules.RendersPerComparison;
            var isCompared = mayCompare && (!isOn || route.Unsampled >= rules.RendersPerSample);
            if (isCompared)
            {
                app.Comparisons++;
                route.Unsampled = 0;
            }

            return new(isOn, isCompared);
        }
    }

    /// <summary>Whether a route is on, without counting a render.</summary>
    public bool IsOn(RouteKey key)
    {
        lock (_gate)
        {
            return _apps.Exists(app => app.Name == key.App) && Find(key) is ({ Reason: null }, { Reason: null } route) && route.Equal >= rules.Needed;
        }
    }

    /// <summary>Notes an equal comparison. Returns the change, if there is one.</summary>
    public RouteChange? Equal(RouteKey key)
    {
        lock (_gate)
        {
            if (Find(key) is not ({ Reason: null }, { Reason: null } route))
            {
                return null;
            }

            route.Equal++;
            route.Unsteady = route.Equal >= rules.Needed ? 0 : route.Unsteady;
            return route.Equal == rules.Needed ? new(key, RouteLearningState.On, null, IsApp: false) : null;
        }
    }

    /// <summary>Notes a comparison that says nothing, since its content changes by itself, or the machine was slow. Returns the change, if there is one.</summary>
    public RouteChange? Unsteady(RouteKey key, string reason)
    {
        lock (_gate)
        {
            return Find(key) is ({ Reason: null } app, { Reason: null } route) && ++route.Unsteady >= MaxUnsteady ? TurnOff(app, route, key, reason) : null;
        }
    }

    /// <summary>Learns a route again from the start. Returns the change, if there is one.</summary>
    public RouteChange? Restart(RouteKey key, string reason)
    {
        lock (_gate)
        {
            if (Find(key) is not ({ Reason: null }, { Reason: null, Equal: > 0 } route))
            {
                return null;
            }

            route.Equal = 0;
            return new(key, RouteLearningState.Learning, reason, IsApp: false);
        }
    }

    /// <summary>Turns a route off. Returns the change, if there is one.</summary>
    public RouteChange? TurnOff(RouteKey key, string reason)
    {
        lock (_gate)
        {
            return Find(key) is var (app, route) ? TurnOff(app, route, key, reason) : null;
        }
    }

    /// <summary>Turns all routes of the app off. Returns the change, if there is one.</summary>
    /// <param name="key">The route that is the reason.</param>
    /// <param name="reason">Why.</param>
    /// <param name="isExplained">Whether the reason holds even if the route is off already, which may explain it.</param>
    public RouteChange? TurnOffApp(RouteKey key, string reason, bool isExplained)
    {
        lock (_gate)
        {
            return Find(key) is ({ Reason: null } app, var route) && (isExplained || route.Reason is null) ? new(new(app.Name, "", ""), RouteLearningState.Off, app.Reason = reason, IsApp: true) : null;
        }
    }

    /// <summary>The state of one app.</summary>
    /// <param name="name">Its version; null while none is known.</param>
    public RouteLearningStatus Status(string? name) => Status(app => app.Name == name);

    /// <summary>The state of all apps.</summary>
    public RouteLearningStatus Status() => Status(static _ => true);

    private RouteLearningStatus Status(Func<App, bool> isCounted)
    {
        lock (_gate)
        {
            var apps = _apps.Where(isCounted).ToList();
            var routes = apps.Where(static app => app.Reason is null).SelectMany(static app => app.Routes.Values).Where(static route => route.Reason is null).ToList();
            var on = routes.Count(route => route.Equal >= rules.Needed);
            return new(apps.Count > 0 && apps.All(static app => app.Reason is not null) ? RouteLearningState.Off : on > 0 ? RouteLearningState.On : RouteLearningState.Learning)
            {
                Equal = apps.SelectMany(static app => app.Routes.Values).Where(route => route.Reason is null && route.Equal < rules.Needed).Select(static route => route.Equal).DefaultIfEmpty().Max(),
                Needed = rules.Needed,
                Reason = apps.Select(static app => app.Reason ?? app.LastReason).LastOrDefault(static reason => reason is not null),
                RoutesOn = on,
                RoutesLearning = routes.Count - on,
                RoutesOff = apps.Sum(static app => app.Routes.Count) - routes.Count,
            };
        }
    }

    /// <summary>The state of a key's app and route, created when it is new; null if it is off in any case.</summary>
    private (App App, Route Route)? Find(RouteKey key)
    {
        if (key.App is null)
        {
            return null;
        }

        var app = _apps.Find(known => known.Name == key.App) ?? new(key.App);
        _apps.Remove(app);
        _apps.Add(app);
        if (_apps.Count > rules.MaxApps)
        {
            _apps.RemoveAt(0);
        }

        var name = app.Routes.ContainsKey(key.Route) || app.Routes.Count < MaxRoutes ? key.Route : key.Fallback;
        if (!app.Routes.TryGetValue(name, out var route))
        {
            if (app.Routes.Count >= 2 * MaxRoutes)
            {
                return null;
            }

            app.Routes.Add(name, route = new());
        }

        return (app, route);
    }

    private static RouteChange? TurnOff(App app, Route route, RouteKey key, string reason)
    {
        if (app.Reason is not null || route.Reason is not null)
        {
            return null;
        }

        route.Reason = reason;
        app.LastReason = $"{key.Route}: {reason}";
        return new(key, RouteLearningState.Off, reason, IsApp: false);
    }

    private sealed class App(string name)
    {
        public string Name => name;

        public Dictionary<string, Route> Routes { get; } = new(StringComparer.Ordinal);

        /// <summary>Why all its routes are off; null if they need not be.</summary>
        public string? Reason { get; set; }

        /// <summary>Why the last route was turned off.</summary>
        public string? LastReason { get; set; }

        public long Renders { get; set; }

        public long Comparisons { get; set; }
    }

    private sealed class Route
    {
        /// <summary>Why it is off; null if it need not be.</summary>
        public string? Reason { get; set; }

        public int Equal { get; set; }

        public int Unsteady { get; set; }

        /// <summary>Renders since the last comparison.</summary>
        public int Unsampled { get; set; }
    }
}

/// <summary>The bounds of learning.</summary>
/// <param name="Needed">Equal comparisons after which a route is on.</param>
/// <param name="RendersPerComparison">At most one of this many renders of an app is compared, other than its first ones, until there were as many comparisons as are needed.</param>
/// <param name="RendersPerSample">A route that is on is compared again after this many renders.</param>
/// <param name="MaxApps">Maximum number of versions of apps that are remembered.</param>
internal sealed record LearningRules(int Needed, int RendersPerComparison, int RendersPerSample, int MaxApps);

/// <summary>How a render is to run.</summary>
/// <param name="IsOn">Whether it runs in the cheaper way.</param>
/// <param name="IsCompared">Whether it is repeated the other way once it was answered, and both are compared.</param>
internal readonly record struct RoutePlan(bool IsOn, bool IsCompared);

/// <summary>A change of what was learned, for the log.</summary>
/// <param name="Key">The route, or the app alone.</param>
/// <param name="State">The new state.</param>
/// <param name="Reason">Why; null for <see cref="RouteLearningState.On"/>.</param>
/// <param name="IsApp">Whether it applies to every route of the app.</param>
internal sealed record RouteChange(RouteKey Key, RouteLearningState State, string? Reason, bool IsApp);

/// <summary>Whether a cheaper way to render is used.</summary>
public enum LearningMode
{
    /// <summary>Where comparisons have shown that it changes nothing.</summary>
    Auto,

    /// <summary>Never.</summary>
    Off,
}

/// <summary>The result of a comparison.</summary>
internal enum Comparison
{
    /// <summary>Both renders have the same result.</summary>
    Equal,

    /// <summary>They differ, and a third render equals the first one.</summary>
    Different,

    /// <summary>They differ, and a third render differs from the first one too: the content changes by itself. Or one of them failed in a way that may pass.</summary>
    Unsteady,
}
