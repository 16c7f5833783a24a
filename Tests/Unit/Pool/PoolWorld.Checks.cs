using Fleet.Contracts;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Tests.Pool;

// The simulation's own record of the pool, derived from the effects alone and compared with the pool's snapshot.
internal sealed partial class PoolWorld
{
    private void Observe(PoolEffect effect)
    {
        switch (effect)
        {
            case CreateSlot e:
                _bootsFor[e.Slot] = CurrentToken;
                _contexts.Add(e.Slot, e.Generation);
                _generations.Add(e.Slot, e.Generation);
                MostContexts = Math.Max(MostContexts, _contexts.Count);
                Await(e, e.Slot, e.Op);
                var boots = Snapshot.Slots.Count(s => s.State == SlotState.Creating);
                Check(Checks.BootsAreBounded, boots <= Options.CreationsAtOnce, $"{boots} slots are being created");
                break;
            case ReplacePage e:
                Check(Checks.ClosedOnce, _leases.Values.All(l => l.Slot != e.Slot), $"slot {e.Slot} is reloaded under a lease");
                _bootsFor[e.Slot] = CurrentToken;
                Await(e, e.Slot, e.Op);
                break;
            case ProbePage e:
                _probing.Add(e.Slot);
                Await(e, e.Slot, e.Op);
                break;
            case CloseSlot e:
                _probing.Remove(e.Slot);
                CheckClose(e);
                Await(e, e.Slot, e.Op);
                break;
            case LaunchBrowser: _pending.Add(effect); break;
            case KillBrowser e: Kill(e); break;
            case GrantLease e: Grant(e); break;
            case RevokeLease e: _leases.Remove(e.Lease); break;
            case FailWaiter e: Fail(e); break;
            case ForgetSlot e: _probing.Remove(e.Slot); break;
        }
    }

    private void Await(PoolEffect effect, long slot, long op)
    {
        _pending.Add(effect);
        _currentOps[slot] = op;
    }

    private void Grant(GrantLease grant)
    {
        _probing.Remove(grant.Slot);
        var request = _requests[grant.Waiter];
        var affinity = request.Affinity;
        if (!_waiters.Remove(grant.Waiter, out var waiter))
        {
            // The waiter was cancelled before the grant arrived: the page is returned untouched.
            _untouched.Enqueue(grant.Lease);
        }

        Check(Checks.OneAffinityPerSlot, _affinities.TryAdd(grant.Slot, affinity) || _affinities[grant.Slot] == affinity, $"slot {grant.Slot} of {_affinities[grant.Slot]} was leased to {affinity}");
        Check(Checks.CondemnedIsNotLeased, !_condemned.Contains(grant.Slot) && !_closing.Contains(grant.Slot), $"slot {grant.Slot} was leased to {affinity}");
        var stale = CurrentToken is not null && _documents[grant.Slot] != CurrentToken;
        var accepted = request.Accept switch
        {
            ShellAcceptance.Any => true,
            ShellAcceptance.FreshOrWait => _wrongBoots >= Options.LastResortAfter,
            _ => false,
        };
        Check(Checks.RecycleEnds, !stale || accepted, $"slot {grant.Slot} with shell {_documents[grant.Slot]} was leased, current is {CurrentToken}");
        Check(Checks.RecycleEnds, _generations[grant.Slot] >= _newestUp, $"slot {grant.Slot} of browser {_generations[grant.Slot]} was leased, browser {_newestUp} is up");
        _leases.Add(grant.Lease, new WorldLease(grant.Lease, grant.Slot, grant.Waiter, affinity, request.Depth, grant.Warm, grant.Waited, waiter?.Parent));
    }

    // No operation in the process is awaited any more: its slots end with it.
    private void Kill(KillBrowser kill)
    {
        _pending.Add(kill);
        foreach (var (slot, _) in _generations.Where(g => g.Value == kill.Generation))
        {
            _probing.Remove(slot);
            _closing.Add(slot);
            _currentOps[slot] = -1;
        }
    }

    private void Fail(FailWaiter failed)
    {
        if (_waiters.Remove(failed.Waiter, out var waiter))
        {
            Check(Checks.WaitsEndProperly, failed.End switch
            {
                WaitFailure.Deadline => Now >= waiter.Since + waiter.Request.Wait,
                WaitFailure.ShuttingDown => _stopped,
                _ => waiter.Request.Accept == ShellAcceptance.FreshOrFail,
            }, $"waiter {failed.Waiter} failed with {failed.End} after {Now - waiter.Since}");
        }
    }

    private void CheckClose(CloseSlot close)
    {
        Check(Checks.ClosedOnce, _leases.Values.All(l => l.Slot != close.Slot), $"slot {close.Slot} is closed under a lease");
        Check(Checks.ClosedOnce, _closing.Add(close.Slot) == (close.Stage == CloseStage.Terminate), $"slot {close.Slot} is at stage {close.Stage}");
    }

    private void CheckStates(PoolSnapshot snapshot)
    {
        var leased = snapshot.Slots.Where(s => s.State is SlotState.Leased or SlotState.Draining).Select(s => s.Slot).Order();
        var held = _leases.Values.Select(l => l.Slot).Concat(_probing).Order();
        Check(Checks.LeasedIsAState, leased.SequenceEqual(held), $"leased [{string.Join(' ', leased)}], held or probed [{string.Join(' ', held)}]");
        Check(Checks.IdleIsEvicted, snapshot.Slots.All(s => s.State != SlotState.Closing || _leases.Values.All(l => l.Slot != s.Slot)), "a slot closes under a lease");
        var closed = snapshot.Slots.Select(s => s.Slot).ToHashSet();
        Check(Checks.ContextsWithinCap, _contexts.Keys.All(closed.Contains), "a context exists that the pool does not know");
    }

    // One event may move a slot through several rows of the table, so the observed change is a path.
    private static void CheckTransitions(PoolSnapshot before, PoolSnapshot after, PoolEffect[] effects)
    {
        var earlier = before.Slots.ToDictionary(slot => slot.Slot, slot => slot.State);
        foreach (var slot in after.Slots)
        {
            var from = earlier.GetValueOrDefault(slot.Slot, SlotState.Creating);
            Check(Checks.OnlyTableTransitions, s_reachable[from].Contains(slot.State), $"slot {slot.Slot} went from {from} to {slot.State}");
            if (from == slot.State)
            {
                continue;
            }

            var allowed = SlotTransitions.All.Where(row => s_reachable[from].Contains(row.From) && s_reachable[row.To].Contains(slot.State)).SelectMany(row => row.Effects);
            foreach (var effect in effects.Where(effect => SlotChangedBy(effect) == slot.Slot))
            {
                Check(Checks.OnlyTableTransitions, allowed.Contains(effect.GetType()), $"slot {slot.Slot} went from {from} to {slot.State} with {effect}");
            }
        }
    }

    private static long? SlotChangedBy(PoolEffect effect) => effect switch
    {
        ReplacePage e => e.Slot,
        ProbePage e => e.Slot,
        CloseSlot e => e.Slot,
        GrantLease e => e.Slot,
        _ => null,
    };

    private static readonly Dictionary<SlotState, HashSet<SlotState>> s_reachable = Enum.GetValues<SlotState>().ToDictionary(state => state, Reachable);

    private static HashSet<SlotState> Reachable(SlotState from)
    {
        var reached = new HashSet<SlotState> { from };
        while (SlotTransitions.All.FirstOrDefault(row => reached.Contains(row.From) && !reached.Contains(row.To)) is { } row)
        {
            reached.Add(row.To);
        }

        return reached;
    }

    private void CheckWarm(PoolSnapshot snapshot)
    {
        foreach (var affinity in snapshot.Affinities.Where(a => a.Warm > 0))
        {
            var alive = _affinities.Count(t => t.Value == affinity.Affinity && snapshot.Slots.Any(s => s.Slot == t.Key) && !_closing.Contains(t.Key));
            Check(Checks.WarmIsTrue, affinity.Warm <= alive, $"{affinity.Affinity} is reported warm {affinity.Warm} times and has {alive} pages");
        }
    }

    // The reason of a close is known only when the slot is forgotten.
    private void CheckEvictions(PoolSnapshot before, PoolSnapshot after, PoolEffect[] effects)
    {
        if (after.Slots.Any(s => s is { State: SlotState.Standby, Current: not false }))
        {
            _closedBesideStandby.UnionWith(before.Slots.Where(s => s.State == SlotState.Idle).Select(s => s.Slot).Intersect(effects.OfType<CloseSlot>().Select(e => e.Slot)));
        }

        foreach (var forgotten in effects.OfType<ForgetSlot>().Where(e => e.Reason == CloseReason.Evicted))
        {
            Check(Checks.StandbysGoFirst, !_closedBesideStandby.Contains(forgotten.Slot), $"slot {forgotten.Slot} was evicted");
        }
    }

    private static void Check(string check, bool holds, string message)
    {
        if (!holds)
        {
            throw new PropertyBroken(check, message);
        }
    }
}
