using Fleet.Contracts;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Tests.Pool;

/// <summary>A random run of a pool: each number selects one step that is possible in the current state. At the end nothing fails any more.</summary>
internal static class RandomRun
{
    /// <summary>Small limits, so that capacity is scarce and times are short.</summary>
    public static PoolOptions Options(int seed) => new()
    {
        Slots = 2 + seed % 3,
        HighPrioritySlots = seed / 3 % 2,
        MaxDepth = 1,
        RendersPerAffinity = 1 + seed / 6 % 2,
        MinStandby = seed / 12 % 2,
        CreationsAtOnce = 1 + seed / 24 % 2,
        LastResortAfter = 3,
        HoldDeadline = TimeSpan.FromHours(1),
        DrainDeadline = TimeSpan.FromSeconds(20),
        IdleTimeout = TimeSpan.FromSeconds(60),
        BackOffMax = TimeSpan.FromSeconds(2),
        RetireAfterRenders = 25,
        BootDeadline = TimeSpan.FromSeconds(10),
    };

    public static void Play(int seed, IEnumerable<int> steps, Func<PoolOptions, PoolRules>? rules = null)
    {
        var options = Options(seed);
        var world = new PoolWorld(options, rules?.Invoke(options)) { Served = "A" };
        foreach (var step in steps)
        {
            Step(world, step % 32, step / 32);
            if (step % 7 == 0)
            {
                world.CheckEventIsComplete();
            }
        }

        world.Finish(closesEnd: seed % 4 != 0);
    }

    private static void Step(PoolWorld world, int kind, int n)
    {
        switch (kind)
        {
            case < 7: world.Request($"realm:{n % 5}", 0, n / 5 % 11, n % 9 == 0 ? 3 : 1e6, Accept(n / 55), needsHost: n % 4 != 0); break;
            case < 15: Pick(world.Pending, n, e => world.End(e)); break;
            case 15: Pick(world.Pending, n, e => world.End(e, well: false)); break;
            case < 21: Pick([.. world.Held.Where(world.IsFree)], n, l => world.Complete(l, Condition(n / 7))); break;
            case 21: Pick([.. world.Held.Where(l => l.Depth == 0)], n, l => world.Request($"realm:{n / 3 % 5}", 1, parent: l)); break;
            case 22: Pick([.. world.Waiting], n, w => world.Cancel(w.Id)); break;
            case < 27: world.Advance(TimeSpan.FromMilliseconds(n % 4 == 0 ? n * 10 : n)); break;
            case 27: Age(world); break;
            case 28: world.Apply(new AffinityDisposed($"realm:{n % 5}", n % 2 == 0)); break;
            case 29: Disrupt(world, n); break;
            case 30: Shell(world, n); break;
            default: Repeat(world, n); break;
        }
    }

    // A browser is replaced, crashes or loses a page, or a slot exceeds its memory limit.
    private static void Disrupt(PoolWorld world, int n)
    {
        var slots = world.Snapshot.Slots;
        switch (n % 4)
        {
            case 0: world.Apply(new RecycleRequested()); break;
            case 1: Pick([.. slots], n, s => world.CrashBrowser(s.Generation)); break;
            case 2: Pick([.. slots], n, s => world.Apply(new SlotCrashed(s.Slot))); break;
            default: Pick([.. slots], n, s => world.Apply(new MemoryMeasured(s.Generation, 1, new Dictionary<long, long> { [s.Slot] = 1_000_000_000 }))); break;
        }
    }

    // A deploy: the fleet's token and the host's answer change, together or one before the other.
    private static void Shell(PoolWorld world, int n)
    {
        var token = $"{(char)('A' + n / 3 % 3)}";
        world.Served = n % 3 != 0 ? token : world.Served;
        if (n % 3 != 1)
        {
            world.ChangeShell(token);
        }
    }

    // A completion that was delivered before is delivered again.
    private static void Repeat(PoolWorld world, int n) =>
        Pick([.. world.History.Where(e => e is CreateSlot or ReplacePage or ProbePage && !world.Pending.Contains(e))], n, e => world.End(e));

    private static void Age(PoolWorld world)
    {
        if (world.NextDeadline < TimeSpan.FromDays(1))
        {
            world.Advance(world.NextDeadline - world.Now);
        }
    }

    private static void Pick<T>(IReadOnlyList<T> from, int n, Action<T> act)
    {
        if (from.Count > 0)
        {
            act(from[n % from.Count]);
        }
    }

    private static PageCondition Condition(int n) => (n % 12) switch
    {
        0 => PageCondition.Dirty,
        1 => PageCondition.Hung,
        2 => PageCondition.Crashed,
        3 => PageCondition.Untouched,
        _ => PageCondition.Healthy,
    };

    private static ShellAcceptance Accept(int n) => (n % 8) switch
    {
        0 => ShellAcceptance.Any,
        1 => ShellAcceptance.FreshOrFail,
        _ => ShellAcceptance.FreshOrWait,
    };
}
