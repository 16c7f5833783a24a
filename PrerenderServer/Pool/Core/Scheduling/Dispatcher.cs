using Fleet.PrerenderServer.Pool.Core.Lifecycle;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Pool.Core.Scheduling;

/// <summary>
/// Grants pages to waiters after every event, deepest first, then by rank. A waiter that is not admitted is skipped and blocks no waiter that
/// would be. The work per event is bounded by the number of slots, not of waiters.
/// </summary>
internal sealed class Dispatcher(PoolState pool, WaiterQueue queue, CapacityPlan plan, Leases leases)
{
    private readonly List<Waiter> _skipped = [];
    private readonly List<AffinityLane>[] _capped = [.. Enumerable.Range(0, pool.Rules.Options.MaxDepth + 1).Select(_ => new List<AffinityLane>())];

    /// <summary>Runs passes until one grants nothing: each grant changes the pool, which invalidates the plan made before it.</summary>
    public void Run()
    {
        while (Pass())
        {
        }
    }

    private bool Pass()
    {
        var granted = false;
        plan.Begin();
        for (var depth = pool.Rules.Options.MaxDepth; depth >= 0; depth--)
        {
            granted |= Walk(depth);
        }

        Restore();
        while (OwnIdlePage() is var (waiter, slot) && waiter is not null)
        {
            leases.Grant(waiter, slot!);
            granted = true;
        }

        return granted;
    }

    // Walks the front of the queue. A waiter that finds neither a page nor capacity could at best have evicted an idle page. Once there are more such
    // waiters than idle pages, the waiters behind them can only get an idle page of their own affinity.
    private bool Walk(int depth)
    {
        var granted = false;
        var unserved = 0;
        while (unserved <= pool.Count(SlotState.Idle) && Next(depth) is { } waiter)
        {
            if (PageFor(waiter) is { } slot)
            {
                leases.Grant(waiter, slot);
                granted = true;
                continue;
            }

            queue.Detach(waiter);
            _skipped.Add(waiter);
            unserved += plan.Cover(waiter) ? 0 : 1;
        }

        return granted;
    }

    private Waiter? Next(int depth)
    {
        while (queue.First(depth) is { } lane)
        {
            var waiter = lane.Waiters.First!;
            if (!pool.AdmissionPolicy.AdmitsAffinity(waiter))
            {
                queue.Detach(lane, depth);
                _capped[depth].Add(lane);
            }
            else if (pool.AdmissionPolicy.Admits(waiter, pool.Now))
            {
                return waiter;
            }
            else
            {
                // If the first waiter of a depth is not admitted, none behind it is: waiters of the high-priority tier come first.
                plan.Wake(pool.Rules.HighFrom(waiter));
                return null;
            }
        }

        return null;
    }

    private void Restore()
    {
        for (var depth = 0; depth < _capped.Length; depth++)
        {
            foreach (var lane in _capped[depth])
            {
                queue.Attach(lane, depth);
            }

            _capped[depth].Clear();
        }

        foreach (var waiter in _skipped)
        {
            queue.Attach(waiter);
            (waiter.Affinity.Coming, waiter.Affinity.PlannedRoots) = (0, 0);
        }

        _skipped.Clear();
    }

    // An idle page of the waiter's affinity, most recently used first; otherwise a standby, oldest first: one that has booted the host app if the waiter needs it.
    private Slot? PageFor(Waiter waiter)
    {
        Slot? best = null;
        foreach (var slot in pool.Slots)
        {
            if (IsIdlePageOf(slot, waiter))
            {
                best = best is { State: SlotState.Idle } && best.UsedAt >= slot.UsedAt ? best : slot;
            }
            else if (best is not { State: SlotState.Idle } && slot.State == SlotState.Standby && Accepts(waiter, slot)
                && (best is null || (best.IsEmpty == waiter.Request.NeedsHost && slot.IsEmpty != waiter.Request.NeedsHost)))
            {
                best = slot;
            }
        }

        return best;
    }

    // Beyond the front, waiters can only get an idle page of their own affinity: returns the first such waiter in order.
    private (Waiter?, Slot?) OwnIdlePage()
    {
        Waiter? first = null;
        Slot? page = null;
        foreach (var slot in pool.Slots)
        {
            if (slot is not { State: SlotState.Idle, Affinity: { Waiting: > 0 } affinity })
            {
                continue;
            }

            for (var depth = pool.Rules.Options.MaxDepth; depth >= 0; depth--)
            {
                if (affinity.First(depth) is not { } waiter || !IsIdlePageOf(slot, waiter))
                {
                    continue;
                }

                if (!pool.AdmissionPolicy.Admits(waiter, pool.Now))
                {
                    plan.Wake(pool.Rules.HighFrom(waiter));
                }
                else if (first is null || waiter.Depth > first.Depth || (waiter.Depth == first.Depth && waiter.IsBefore(first)))
                {
                    (first, page) = (waiter, slot);
                }
            }
        }

        return (first, page);
    }

    private bool IsIdlePageOf(Slot slot, Waiter waiter) =>
        slot.State == SlotState.Idle && pool.Rules.MayServe(slot, waiter.Affinity) && Accepts(waiter, slot);

    private bool Accepts(Waiter waiter, Slot slot) => pool.Shell.Accepts(waiter.Request.Accept, slot.ShellToken);
}
