using Fleet.Contracts;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Tests.Pool;

// The simulated browser: the completion event of each effect, and its effect on the simulated state.
internal sealed partial class PoolWorld
{
    private bool IsLate(PoolEffect effect) => effect switch
    {
        CreateSlot e => _currentOps[e.Slot] != e.Op || Gone(e.Slot),
        ReplacePage e => _currentOps[e.Slot] != e.Op || Gone(e.Slot),
        ProbePage e => _currentOps[e.Slot] != e.Op || Gone(e.Slot),
        CloseSlot e => Gone(e.Slot),
        _ => false,
    };

    private static long SlotOf(PoolEffect effect) => effect switch
    {
        CreateSlot e => e.Slot,
        ReplacePage e => e.Slot,
        ProbePage e => e.Slot,
        _ => 0,
    };

    private bool Gone(long slot) => Snapshot.Slots.All(s => s.Slot != slot);

    private PoolEvent Completion(PoolEffect effect, bool well)
    {
        switch (effect)
        {
            case LaunchBrowser e when well:
                _newestUp = Math.Max(_newestUp, IsLaunching(e) ? e.Generation : 0);
                return new BrowserLaunched(e.Generation);
            case LaunchBrowser e: return new LaunchFailed(e.Generation, "planned");
            case KillBrowser e:
                Forget(c => c.Value == e.Generation);
                return new BrowserKilled(e.Generation);
            case CreateSlot { IsEmpty: true } e when well:
                // An empty page loads the shell that is current once it needs one.
                _documents[e.Slot] = _bootsFor[e.Slot];
                return new PageBooted(e.Slot, e.Op, null);
            case CreateSlot e when well: return Boot(e.Slot, e.Op, effect);
            case ReplacePage e when well: return Boot(e.Slot, e.Op, effect);
            case CreateSlot e: return new BootFailed(e.Slot, e.Op, "planned");
            case ReplacePage e:
                // A page that was only stale is kept, and counts as a boot that did not get the new shell.
                _wrongBoots += !IsLate(e) && IsKept(e.Slot) && _bootsFor[e.Slot] == CurrentToken ? 1 : 0;
                return new BootFailed(e.Slot, e.Op, "planned");
            case ProbePage e:
                if (!IsLate(e))
                {
                    _probing.Remove(e.Slot);
                }

                return new PageProbed(e.Slot, e.Op, well);
            case CloseSlot { Stage: not CloseStage.Terminate } e when well:
                _contexts.Remove(e.Slot);
                return new SlotClosed(e.Slot, e.Op);
            case CloseSlot e: return new CloseStageEnded(e.Slot, e.Op, e.Stage);
            default: throw new ArgumentException($"{effect} has no completion.", nameof(effect));
        }
    }

    private bool IsKept(long slot) => !_condemned.Contains(slot) && _generations[slot] == Snapshot.Totals.Generation;

    private PageBooted Boot(long slot, long op, PoolEffect effect)
    {
        if (!IsLate(effect))
        {
            _documents[slot] = Served;
            _condemned.Remove(slot);
            _wrongBoots = CurrentToken is null || Served == CurrentToken ? 0 : _wrongBoots + (_bootsFor[slot] == CurrentToken ? 1 : 0);
        }

        return new PageBooted(slot, op, Served);
    }

    // A launch that timed out is killed before it reports.
    private bool IsLaunching(LaunchBrowser launch) => History.TrueForAll(e => e is not KillBrowser k || k.Generation != launch.Generation);

    private void Forget(Func<KeyValuePair<long, int>, bool> gone)
    {
        foreach (var context in _contexts.Where(gone).ToArray())
        {
            _contexts.Remove(context.Key);
        }
    }
}
