using Fleet.Contracts;

namespace Fleet.PrerenderServer.Rendering.Painting;

/// <summary>
/// Decides which renders of the booted host app run without layout and paint. A route is painted until <see cref="Needed"/> comparisons were equal, and permanently once it
/// uses the layout. A difference that no use of the layout explains turns painting on for the whole host app. A new host shell starts over.
/// Safe for concurrent use.
/// </summary>
internal sealed class PaintPolicy(NoPaintMode mode)
{
    /// <summary>Equal comparisons after which a route is rendered without painting: 5.</summary>
    public const int Needed = 5;

    /// <summary>At most one of this many renders is repeated for a comparison: 10.</summary>
    public const int RendersPerComparison = 10;

    /// <summary>A route that is rendered without painting is compared again after this many renders: 200.</summary>
    public const int RendersPerSample = 200;

    /// <summary>Comparisons of changing content after which a route stays painted: 3.</summary>
    public const int MaxUnsteady = 3;

    /// <summary>Number of routes of one shell above which further ones are distinguished only by their number of segments: 256.</summary>
    public const int MaxRoutes = 256;

    /// <summary>Maximum number of host shells that are remembered: 4. A deploy has two, and so has a rollback.</summary>
    private const int MaxShells = 4;

    private readonly Lock _gate = new();
    private readonly List<Shell> _shells = [];

    /// <summary>Decides how a render runs, and counts it.</summary>
    public PaintPlan Plan(PaintKey key)
    {
        lock (_gate)
        {
            if (Find(key) is not ({ Reason: null } shell, { Reason: null } route))
            {
                return PaintPlan.Painted;
            }

            shell.Renders++;
            route.Unsampled++;
            var isOn = route.Equal >= Needed;
            var isCompared = shell.Renders >= (shell.Comparisons + 1L) * RendersPerComparison && (!isOn || route.Unsampled >= RendersPerSample);
            if (isCompared)
            {
                shell.Comparisons++;
                route.Unsampled = 0;
            }

            return new(!isOn, isCompared);
        }
    }

    /// <summary>Notes what a render used of the layout. Returns the change, if there is one.</summary>
    public PaintChange? Used(PaintKey key, LayoutUse use)
    {
        lock (_gate)
        {
            return Find(key) is not var (shell, route) || use.IsNone ? null
                : use.Observes is { } observes ? TurnOff(shell, $"{key.Route} observes the layout with {observes}.")
                : TurnOff(shell, route, key, $"It reads the layout with {use.Read}.");
        }
    }

    /// <summary>Notes that a render failed without painting and not with it. It may have been a coincidence, so the route is compared again from the start.</summary>
    public PaintChange? Failed(PaintKey key)
    {
        lock (_gate)
        {
            if (Find(key) is not ({ Reason: null }, { Reason: null, Equal: > 0 } route))
            {
                return null;
            }

            route.Equal = 0;
            return new(key, NoPaintState.Learning, "A render failed without painting, and succeeded with it.", IsShell: false);
        }
    }

    /// <summary>Notes the result of a comparison. Returns the change, if there is one.</summary>
    public PaintChange? Compared(PaintKey key, PaintComparison result)
    {
        lock (_gate)
        {
            return Find(key) is not ({ Reason: null } shell, { Reason: null } route) ? null : result switch
            {
                PaintComparison.Different => TurnOff(shell, $"{key.Route} rendered something else without painting, and nothing showed that it uses the layout."),
                PaintComparison.Unsteady => ++route.Unsteady >= MaxUnsteady
                    ? TurnOff(shell, route, key, "Its content differs from one render to the next, so it cannot be compared.") : null,
                _ => ++route.Equal == Needed ? new(key, NoPaintState.On, null, IsShell: false) : null,
            };
        }
    }

    /// <summary>The state of a host shell.</summary>
    /// <param name="token">Its token; null while none is known.</param>
    public NoPaintStatus Status(string? token)
    {
        if (mode == NoPaintMode.Off)
        {
            return new(NoPaintState.Off) { Reason = "Rendering:NoPaint is off." };
        }

        lock (_gate)
        {
            if (_shells.Find(known => known.Token == token) is not { } shell)
            {
                return new(NoPaintState.Learning) { Needed = Needed };
            }

            var routes = shell.Routes.Values.Where(route => route.Reason is null).ToList();
            var on = shell.Reason is null ? routes.Count(static route => route.Equal >= Needed) : 0;
            return new(shell.Reason is not null ? NoPaintState.Off : on > 0 ? NoPaintState.On : NoPaintState.Learning)
            {
                Equal = routes.Where(static route => route.Equal < Needed).Select(static route => route.Equal).DefaultIfEmpty().Max(),
                Needed = Needed,
                Reason = shell.Reason ?? shell.LastReason,
                RoutesOn = on,
                RoutesLearning = shell.Reason is null ? routes.Count - on : 0,
                RoutesOff = shell.Reason is null ? shell.Routes.Count - routes.Count : shell.Routes.Count,
            };
        }
    }

    /// <summary>The state of a key's shell and route, created when it is new; null if it is painted in any case.</summary>
    private (Shell Shell, Route Route)? Find(PaintKey key)
    {
        if (mode == NoPaintMode.Off || key.Shell is null)
        {
            return null;
        }

        var shell = _shells.Find(known => known.Token == key.Shell);
        if (shell is null)
        {
            _shells.Add(shell = new(key.Shell));
            if (_shells.Count > MaxShells)
            {
                _shells.RemoveAt(0);
            }
        }

        var name = shell.Routes.ContainsKey(key.Route) || shell.Routes.Count < MaxRoutes ? key.Route : key.Fallback;
        if (!shell.Routes.TryGetValue(name, out var route))
        {
            if (shell.Routes.Count >= 2 * MaxRoutes)
            {
                return null;
            }

            shell.Routes.Add(name, route = new());
        }

        return (shell, route);
    }

    private static PaintChange? TurnOff(Shell shell, Route route, PaintKey key, string reason)
    {
        if (shell.Reason is not null || route.Reason is not null)
        {
            return null;
        }

        route.Reason = reason;
        shell.LastReason = $"{key.Route}: {reason}";
        return new(key, NoPaintState.Off, reason, IsShell: false);
    }

    private static PaintChange? TurnOff(Shell shell, string reason) =>
        shell.Reason is null ? new(new(shell.Token, "", ""), NoPaintState.Off, shell.Reason = reason, IsShell: true) : null;

    private sealed class Shell(string token)
    {
        public string Token => token;

        public Dictionary<string, Route> Routes { get; } = new(StringComparer.Ordinal);

        /// <summary>Why all its renders are painted; null if they need not be.</summary>
        public string? Reason { get; set; }

        /// <summary>Why the last route was turned off.</summary>
        public string? LastReason { get; set; }

        public long Renders { get; set; }

        public long Comparisons { get; set; }
    }

    private sealed class Route
    {
        /// <summary>Why its renders stay painted; null if they need not be.</summary>
        public string? Reason { get; set; }

        public int Equal { get; set; }

        public int Unsteady { get; set; }

        /// <summary>Renders since the last comparison.</summary>
        public int Unsampled { get; set; }
    }
}

/// <summary>A change of the policy, for the log.</summary>
/// <param name="Key">The route, or the shell alone.</param>
/// <param name="State">The new state.</param>
/// <param name="Reason">Why; null for <see cref="NoPaintState.On"/>.</param>
/// <param name="IsShell">Whether it applies to every route of the shell.</param>
internal sealed record PaintChange(PaintKey Key, NoPaintState State, string? Reason, bool IsShell);

/// <summary>Whether the booted host app may be rendered without layout and paint.</summary>
public enum NoPaintMode
{
    /// <summary>Where comparisons have shown that it changes nothing.</summary>
    Auto,

    /// <summary>Never.</summary>
    Off,
}
