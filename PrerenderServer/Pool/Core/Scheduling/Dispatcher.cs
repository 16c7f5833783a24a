using Fleet.PrerenderServer.Pool.Core.Lifecycle;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Pool.Core.Scheduling;

/// <summary>
/// Gives pages to those who wait, after every event. Order: deepest first, then rank. Whoever may not be let in is passed over and
/// blocks nobody. The work of one event is bounded by the number of slots, not of waiters.
/// </summary>
internal sealed class Dispatcher(PoolState pool, WaiterQueue queue, CapacityPlan plan, Leases leases)
{
    private readonly List<Waiter> _passed = [];
    private readonly List<AffinityLane>[] _capped = [.. Enumerable.Range(0, pool.Rules.Options.MaxDepth + 1).Select(_ => new List<AffinityLane>())];

    /// <summary>Until a pass grants nothing: what was planned before a grant was planned for another pool.</summary>
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

    // The front of the queue: as far as there are pages to be had. Whoever finds neither a page nor capacity could at best have taken
    // the place of an idle page, so once there are more of them than idle pages nobody behind can get anything but a page of its own.
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
            _passed.Add(waiter);
            unserved += plan.Cover(waiter) ? 0 : 1;
        }

        return granted;
    }

    private Waiter? Next(int depth)
    {
        while (queue.First(depth) is { } entry)
        {
            var waiter = entry.Waiters.First!;
            if (!pool.AdmissionPolicy.AdmitsAffinity(waiter))
            {
                queue.Detach(entry, depth);
                _capped[depth].Add(entry);
            }
            else if (pool.AdmissionPolicy.Admits(waiter, pool.Now))
            {
                return waiter;
            }
            else
            {
                // Nobody behind the first of a depth is let in if it is not: those of the high-priority tier come first.
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
            foreach (var entry in _capped[depth])
            {
                queue.Attach(entry, depth);
            }

            _capped[depth].Clear();
        }

        foreach (var waiter in _passed)
        {
            queue.Attach(waiter);
            (waiter.Affinity.Coming, waiter.Affinity.PlannedRoots) = (0, 0);
        }

        _passed.Clear();
    }

    // An idle page of its own, most recently used first; else a standby, oldest first.
    private Slot? PageFor(Waiter waiter)
    {
        Slot? best = null;
        foreach (var slot in pool.Slots)
        {
            if (IsOwnPage(slot, waiter))
            {
                best = best is { State: SlotState.Idle } && best.UsedAt >= slot.UsedAt ? best : slot;
            }
            else if (best is null && slot.State == SlotState.Standby && Accepts(waiter, slot))
            {
                best = slot;
            }
        }

        return best;
    }

    // Beyond the front only pages of one's own are left: of those who have one, the first in order.
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
                if (affinity.First(depth) is not { } waiter || !IsOwnPage(slot, waiter))
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

    private bool IsOwnPage(Slot slot, Waiter waiter) =>
        slot.State == SlotState.Idle && pool.Rules.MayServe(slot, waiter.Affinity) && Accepts(waiter, slot);

    private bool Accepts(Waiter waiter, Slot slot) => pool.Shell.Accepts(waiter.Request.Accept, slot.ShellToken);
}
