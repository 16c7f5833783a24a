namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>
/// Decides which waiter may be granted a page now. With T permits and a maximum nesting depth D, a waiter at depth d is admitted only if, for
/// every d' ≥ d, the leases at depths 0 to d' plus this one leave D − d' permits free. The deepest renders therefore always find a permit,
/// release it, and let the renders that caused them finish: a chain of renders cannot deadlock. Ordinary root renders count against the
/// ordinary slots alone. Nested renders count against all slots; otherwise a high-priority render could take the permit reserved for them.
/// </summary>
internal sealed class AdmissionPolicy(PoolRules rules)
{
    private readonly int[] _leases = new int[rules.Options.MaxDepth + 1];
    private readonly int[] _planned = new int[rules.Options.MaxDepth + 1];

    /// <summary>Nesting depth of a request, limited to <see cref="PoolOptions.MaxDepth"/>.</summary>
    public int DepthOf(LeaseRequest request) => Math.Clamp(request.Depth, 0, rules.Options.MaxDepth);

    public bool IsHigh(Waiter waiter, TimeSpan now) => waiter.Depth > 0 || now >= rules.HighFrom(waiter);

    /// <summary>Maximum number of slots when one is created for this waiter.</summary>
    public int SlotsFor(Waiter waiter, TimeSpan now) => IsHigh(waiter, now) ? rules.TotalSlots : rules.Options.Slots;

    /// <summary>Whether the waiter may be granted a page now.</summary>
    public bool Admits(Waiter waiter, TimeSpan now) => AdmitsAffinity(waiter) && Fits(_leases, waiter, now);

    /// <summary>Whether the limit per affinity admits the waiter. It applies to root renders only: a nested render must never wait for its parent.</summary>
    public bool AdmitsAffinity(Waiter waiter) =>
        waiter.Depth > 0 || waiter.Affinity.RootLeases < rules.Options.RendersPerAffinity;

    public void Take(Waiter waiter)
    {
        _leases[waiter.Depth]++;
        _planned[waiter.Depth]++;
        waiter.Affinity.RootLeases += waiter.Depth == 0 ? 1 : 0;
    }

    public void GiveBack(Waiter waiter)
    {
        _leases[waiter.Depth]--;
        waiter.Affinity.RootLeases -= waiter.Depth == 0 ? 1 : 0;
    }

    /// <summary>Begins a plan: which waiters would be admitted once those before them have their pages.</summary>
    public void BeginPlan() => _leases.CopyTo(_planned, 0);

    /// <summary>Adds the waiter to the plan if it would be admitted after those already planned; returns whether it was added.</summary>
    public bool Plan(Waiter waiter, TimeSpan now)
    {
        var affinity = waiter.Affinity;
        if (!Fits(_planned, waiter, now) ||
            (waiter.Depth == 0 && affinity.RootLeases + affinity.PlannedRoots >= rules.Options.RendersPerAffinity))
        {
            return false;
        }

        _planned[waiter.Depth]++;
        affinity.PlannedRoots += waiter.Depth == 0 ? 1 : 0;
        return true;
    }

    private bool Fits(int[] held, Waiter waiter, TimeSpan now)
    {
        if (!IsHigh(waiter, now) && held[0] + 1 > rules.Options.Slots - rules.ReservedPermits(0))
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
