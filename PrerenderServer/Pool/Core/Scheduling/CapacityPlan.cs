using Fleet.PrerenderServer.Pool.Core.Lifecycle;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Pool.Core.Scheduling;

/// <summary>
/// Finds capacity for waiters without a page: first from boots, reloads and closes in progress, each for one waiter; then from a new slot, if there
/// is room; then by evicting an idle page of another affinity. Starts over with every pass of the dispatcher, in the order of the waiters.
/// </summary>
internal sealed class CapacityPlan(PoolState pool, WaiterQueue queue, CloseEscalation escalation, PageBoot pageBoot)
{
    private int _coming;
    private int _comingEmpty;
    private int _future;

    /// <summary>When a skipped waiter may use more capacity than now; <see cref="TimeSpan.MaxValue"/> when none may.</summary>
    public TimeSpan WakeAt { get; private set; }

    /// <summary>Counts the existing slots and those that will be usable soon.</summary>
    public void Begin()
    {
        (_coming, _comingEmpty, _future, WakeAt) = (0, 0, 0, TimeSpan.MaxValue);
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
            else if (WillServe(slot) && slot is { State: SlotState.Creating, IsEmpty: true })
            {
                _comingEmpty++;
            }
            else if (WillServe(slot))
            {
                _coming++;
            }
        }
    }

    /// <summary>Finds capacity for a waiter that no free page suits. False when there is none now.</summary>
    public bool Cover(Waiter waiter)
    {
        // Plan again when this waiter enters the high-priority tier: from then on it, and those behind it, may use more slots.
        Wake(pool.Rules.HighFrom(waiter));
        if (!pool.AdmissionPolicy.Plan(waiter, pool.Now))
        {
            return false;
        }

        if (waiter.Affinity.Coming > 0)
        {
            waiter.Affinity.Coming--;
            waiter.Affinity.IsPromised = true;
            return true;
        }

        var limit = pool.AdmissionPolicy.SlotsFor(waiter, pool.Now);
        if (TakeComing(waiter, hasRoom: _future < limit))
        {
            return true;
        }

        while (_future >= limit && Victim(waiter) is { } victim)
        {
            escalation.Close(victim, CloseReason.Evicted);
            _future--;
        }

        if (_future >= limit)
        {
            Wake(pool.Rules.UrgentFrom(waiter));
            return false;
        }

        _future++;
        pageBoot.TryCreate(limit, isEmpty: !waiter.Request.NeedsHost);
        return true;
    }

    /// <summary>Takes a page that is being created or reloaded. A waiter that does not need the host app waits for a boot only where there is no room for an empty page.</summary>
    private bool TakeComing(Waiter waiter, bool hasRoom)
    {
        var needsHost = waiter.Request.NeedsHost;
        if (_coming > 0 && (needsHost || (_comingEmpty == 0 && !hasRoom)))
        {
            _coming--;
            return true;
        }

        if (_comingEmpty > 0)
        {
            _comingEmpty--;
            return true;
        }

        return false;
    }

    /// <summary>Requests another run at a time, if that is in the future.</summary>
    public void Wake(TimeSpan at)
    {
        if (at > pool.Now)
        {
            WakeAt = PoolTime.Earlier(WakeAt, at);
        }
    }

    /// <summary>Keeps <see cref="PoolOptions.MinStandby"/> booted pages. Where there is no room, boots the host app in empty standbys. If there are none and
    /// no request waits, evicts the least recently used idle page, unless it is the only one.</summary>
    public void KeepStandbys()
    {
        var options = pool.Rules.Options;
        var ready = _coming;
        foreach (var slot in pool.Slots)
        {
            ready += slot is { State: SlotState.Standby, IsEmpty: false } && !WillServe(slot) ? 1 : 0;
        }

        while (ready < options.MinStandby && _future < options.Slots)
        {
            pageBoot.TryCreate(options.Slots);
            (ready, _future) = (ready + 1, _future + 1);
        }

        while (ready < options.MinStandby && EmptyStandby() is { } empty)
        {
            pageBoot.ReplacePage(empty);
            ready++;
        }

        if (ready == 0 && options.MinStandby > 0 && queue.Count == 0 &&
            pool.Count(SlotState.Closing) == 0 && pool.Count(SlotState.Idle) > 1)
        {
            escalation.Close(LeastRecentlyUsed(null, contended: true)!, CloseReason.Evicted);
        }
    }

    private Slot? EmptyStandby()
    {
        foreach (var slot in pool.Slots)
        {
            if (slot is { State: SlotState.Standby, IsEmpty: true })
            {
                return slot;
            }
        }

        return null;
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

    // Whether the affinity has a waiter that would be admitted now.
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

    // A slot that leaves makes room. A slot that boots, or whose document is about to be replaced, will serve a waiter.
    private bool IsLeaving(Slot slot) =>
        slot.State == SlotState.Closing ||
        (slot.State == SlotState.Creating && pool.FindGeneration(slot.Generation)!.State != GenerationState.Up);

    private bool WillServe(Slot slot) => slot.State switch
    {
        SlotState.Creating => !IsLeaving(slot),
        SlotState.Rebooting => true,
        SlotState.Idle or SlotState.Standby => !pool.Shell.Accepts(Contracts.ShellAcceptance.FreshOrWait, slot.ShellToken),
        _ => false,
    };
}
