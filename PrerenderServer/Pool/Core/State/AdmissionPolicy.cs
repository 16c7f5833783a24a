namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>
/// Decides which waiter may be granted a page now. With T permits and a maximum nesting depth D, a waiter at depth d is admitted only if, for
/// every d' ≥ d, the leases at depths 0 to d' plus this one leave D − d' permits free. The deepest renders therefore always find a permit,
/// release it, and let the renders that caused them finish: a chain of renders cannot deadlock. Ordinary root renders also leave the high-priority
/// slots to high-priority ones, which use these first, so that they take ordinary slots only when they need more. Nested renders count against
/// all slots; otherwise a high-priority render could take the permit reserved for them.
/// </summary>
internal sealed class AdmissionPolicy(PoolRules rules)
{
    private readonly int[] _leases = new int[rules.Options.MaxDepth + 1];
    private readonly int[] _planned = new int[rules.Options.MaxDepth + 1];
    private int _high;
    private int _plannedHigh;

    /// <summary>Nesting depth of a request, limited to <see cref="PoolOptions.MaxDepth"/>.</summary>
    public int DepthOf(LeaseRequest request) => Math.Clamp(request.Depth, 0, rules.Options.MaxDepth);

    public bool IsHigh(Waiter waiter, TimeSpan now) => waiter.Depth > 0 || now >= rules.HighFrom(waiter);

    /// <summary>Maximum number of slots when one is created for this waiter.</summary>
    public int SlotsFor(Waiter waiter, TimeSpan now) => IsHigh(waiter, now) ? rules.TotalSlots : OrdinarySlots(_high);

    /// <summary>Whether the waiter may be granted a page now.</summary>
    public bool Admits(Waiter waiter, TimeSpan now) => AdmitsAffinity(waiter) && Fits(_leases, _high, waiter, now);

    /// <summary>Whether the limit per affinity admits the waiter. It applies to root renders only: a nested render must never wait for its parent.</summary>
    public bool AdmitsAffinity(Waiter waiter) =>
        waiter.Depth > 0 || waiter.Affinity.RootLeases < rules.Options.RendersPerAffinity;

    /// <summary>Counts a new lease. Returns whether it is a root render of high priority, which the caller passes back when the lease ends.</summary>
    public bool Take(Waiter waiter, TimeSpan now)
    {
        var isHighRoot = waiter.Depth == 0 && IsHigh(waiter, now);
        _leases[waiter.Depth]++;
        _planned[waiter.Depth]++;
        (_high, _plannedHigh) = isHighRoot ? (_high + 1, _plannedHigh + 1) : (_high, _plannedHigh);
        waiter.Affinity.RootLeases += waiter.Depth == 0 ? 1 : 0;
        return isHighRoot;
    }

    /// <summary>Counts a lease that ended.</summary>
    public void GiveBack(Waiter waiter, bool isHighRoot)
    {
        _leases[waiter.Depth]--;
        _high -= isHighRoot ? 1 : 0;
        waiter.Affinity.RootLeases -= waiter.Depth == 0 ? 1 : 0;
    }

    /// <summary>Begins a plan: which waiters would be admitted once those before them have their pages.</summary>
    public void BeginPlan()
    {
        _leases.CopyTo(_planned, 0);
        _plannedHigh = _high;
    }

    /// <summary>Adds the waiter to the plan if it would be admitted after those already planned; returns whether it was added.</summary>
    public bool Plan(Waiter waiter, TimeSpan now)
    {
        var affinity = waiter.Affinity;
        if (!Fits(_planned, _plannedHigh, waiter, now) ||
            (waiter.Depth == 0 && affinity.RootLeases + affinity.PlannedRoots >= rules.Options.RendersPerAffinity))
        {
            return false;
        }

        _planned[waiter.Depth]++;
        _plannedHigh += waiter.Depth == 0 && IsHigh(waiter, now) ? 1 : 0;
        affinity.PlannedRoots += waiter.Depth == 0 ? 1 : 0;
        return true;
    }

    /// <summary>Slots that root renders may use when one of them is ordinary: those that high-priority renders use of their own count in addition.</summary>
    private int OrdinarySlots(int high) => rules.Options.Slots + Math.Min(high, rules.Options.HighPrioritySlots);

    private bool Fits(int[] held, int high, Waiter waiter, TimeSpan now)
    {
        if (!IsHigh(waiter, now) && held[0] + 1 > OrdinarySlots(high) - rules.ReservedPermits(0))
        {
            return false;
        }

        var upTo = 0;
        for (var depth = 0; depth < held.Length; depth++)
        {
            upTo += held[depth];
            if (depth >= waiter.Depth && upTo + 1 > rules.TotalSlots - rules.ReservedPermits(depth))
            {
                return false;
            }
        }

        return true;
    }
}
