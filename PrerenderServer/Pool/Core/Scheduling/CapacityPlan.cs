using Fleet.PrerenderServer.Pool.Core.Lifecycle;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Pool.Core.Scheduling;

/// <summary>
/// Where pages come from for those who have none: from pageBoot and closes under way first, each covering one waiter; then from a new
/// slot, if there is room; then from an idle page of another affinity. Begun afresh with every event, walked in the waiters' order.
/// </summary>
internal sealed class CapacityPlan(PoolState pool, WaiterQueue queue, CloseEscalation escalation, PageBoot pageBoot)
{
    private int _coming;
    private int _future;

    /// <summary>When a waiter that was passed over may take more than it may now.</summary>
    public TimeSpan WakeAt { get; private set; }

    /// <summary>Counts what is there and what is under way.</summary>
    public void Begin()
    {
        (_coming, _future, WakeAt) = (0, 0, TimeSpan.MaxValue);
        pool.AdmissionPolicy.BeginPlan();
        foreach (var slot in pool.Slots)
        {
            if (slot.Affinity is { } affinity)
            {
                (affinity.Coming, affinity.IsPromised, affinity.PlannedRoots) = (0, false, 0);
            }
        }

        foreach (var slot in pool.Slots)
        {
            _future += IsLeaving(slot) ? 0 : 1;
            if (WillServe(slot) && slot.Affinity is { } affinity)
            {
                affinity.Coming++;
            }
            else if (WillServe(slot))
            {
                _coming++;
            }
        }
    }

    /// <summary>Finds capacity for a waiter that no page at hand suits. False when there is none to be had now.</summary>
    public bool Cover(Waiter waiter)
    {
        if (!pool.AdmissionPolicy.Plan(waiter, pool.Now))
        {
            Wake(pool.Rules.HighFrom(waiter));
            return false;
        }

        if (waiter.Affinity.Coming > 0)
        {
            waiter.Affinity.Coming--;
            waiter.Affinity.IsPromised = true;
            return true;
        }

        if (_coming > 0)
        {
            _coming--;
            return true;
        }

        var limit = pool.AdmissionPolicy.SlotsFor(waiter, pool.Now);
        while (_future >= limit && Victim(waiter) is { } victim)
        {
            escalation.Close(victim, CloseReason.Evicted);
            _future--;
        }

        if (_future >= limit)
        {
            Wake(pool.Rules.UrgentFrom(waiter));
            Wake(pool.Rules.HighFrom(waiter));
            return false;
        }

        _future++;
        if (!pageBoot.TryCreate(limit))
        {
            Wake(pool.Rules.HighFrom(waiter));
        }

        return true;
    }

    /// <summary>Asks to be run again at some time, if that is yet to come.</summary>
    public void Wake(TimeSpan at)
    {
        if (at > pool.Now)
        {
            WakeAt = PoolTime.Earlier(WakeAt, at);
        }
    }

    /// <summary>Keeps booted pages ready. When there is no room for one and nobody waits, an idle page that nobody has used for longest makes way.</summary>
    public void KeepStandbys()
    {
        var options = pool.Rules.Options;
        var ready = _coming;
        foreach (var slot in pool.Slots)
        {
            ready += slot.State == SlotState.Standby && !WillServe(slot) ? 1 : 0;
        }

        while (ready < options.MinStandby && _future < options.Slots)
        {
            pageBoot.TryCreate(options.Slots);
            (ready, _future) = (ready + 1, _future + 1);
        }

        if (ready == 0 && options.MinStandby > 0 && queue.Count == 0 &&
            pool.Count(SlotState.Closing) == 0 && pool.Count(SlotState.Idle) > 1)
        {
            escalation.Close(LeastRecentlyUsed(null, contended: true)!, CloseReason.Evicted);
        }
    }

    private Slot? Victim(Waiter waiter)
    {
        if (LeastRecentlyUsed(waiter, contended: false) is { } victim)
        {
            return victim;
        }

        return waiter.Depth > 0 || pool.Now >= pool.Rules.UrgentFrom(waiter) ? LeastRecentlyUsed(waiter, contended: true) : null;
    }

    private Slot? LeastRecentlyUsed(Waiter? waiter, bool contended)
    {
        Slot? oldest = null;
        foreach (var slot in pool.Slots)
        {
            if (pool.Rules.MayEvict(slot) &&
                slot.Affinity != waiter?.Affinity &&
                slot.Affinity is not { IsPromised: true } &&
                (oldest is null || slot.UsedAt < oldest.UsedAt) &&
                (contended || !IsContended(slot.Affinity)))
            {
                oldest = slot;
            }
        }

        return oldest;
    }

    // Somebody who may have it waits for this affinity.
    private bool IsContended(Affinity? affinity)
    {
        if (affinity is { Waiting: > 0 })
        {
            for (var depth = 0; depth <= pool.Rules.Options.MaxDepth; depth++)
            {
                if (affinity.First(depth) is { } first && pool.AdmissionPolicy.Admits(first, pool.Now))
                {
                    return true;
                }
            }
        }

        return false;
    }

    // A slot on its way out makes room; one that pageBoot, or whose document is about to be replaced, will serve somebody.
    private bool IsLeaving(Slot slot) =>
        slot.State == SlotState.Closing ||
        (slot.State == SlotState.Creating && pool.FindGeneration(slot.Generation)!.State != GenerationState.Up);

    private bool WillServe(Slot slot) => slot.State switch
    {
        SlotState.Creating => !IsLeaving(slot),
        SlotState.Repaging => true,
        SlotState.Idle or SlotState.Standby => !pool.Shell.Accepts(Contracts.ShellAcceptance.FreshOrWait, slot.ShellToken),
        _ => false,
    };
}
