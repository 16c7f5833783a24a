namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>
/// Who may have a page now. With T permits and nesting at most D, work at depth d is let in only if for every d' ≥ d the leases at
/// depth d' and above it, and one more, leave D − d' permits free. So the deepest work always finds a permit, gives it back,
/// and lets the work above it end: no chain of renders can wait for itself. Ordinary root work is counted against the
/// ordinary slots alone; nested work always against all, or a high-priority render could take the permit that the rule keeps for it.
/// </summary>
internal sealed class AdmissionPolicy(PoolRules rules)
{
    private readonly int[] _leases = new int[rules.Options.MaxDepth + 1];
    private readonly int[] _planned = new int[rules.Options.MaxDepth + 1];

    /// <summary>Deeper work than the rule knows counts as the deepest.</summary>
    public int DepthOf(LeaseRequest request) => Math.Clamp(request.Depth, 0, rules.Options.MaxDepth);

    public bool IsHigh(Waiter waiter, TimeSpan now) => waiter.Depth > 0 || now >= rules.HighFrom(waiter);

    /// <summary>Most slots there may be when one is made for this waiter.</summary>
    public int SlotsFor(Waiter waiter, TimeSpan now) => IsHigh(waiter, now) ? rules.TotalSlots : rules.Options.Slots;

    /// <summary>Whether the waiter may be granted a page now.</summary>
    public bool Admits(Waiter waiter, TimeSpan now) => AdmitsAffinity(waiter) && Fits(_leases, waiter, now);

    /// <summary>The cap on one affinity binds root work only: what nests in it must never wait for it.</summary>
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

    /// <summary>Begins a plan: what would be let in if those before had got their pages.</summary>
    public void BeginPlan() => _leases.CopyTo(_planned, 0);

    /// <summary>Whether the waiter would be let in behind those planned before; if so, plans it.</summary>
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
