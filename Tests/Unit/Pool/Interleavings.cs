using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Tests.Pool;

/// <summary>
/// Every order in which a few clients and all completions can happen, depth first. A state is reached by playing its moves from the
/// start; one that was seen before is not entered again.
/// </summary>
internal sealed class Interleavings(PoolRules rules, int failures, params Interleavings.Client[] clients)
{
    private readonly HashSet<string> _seen = [];
    private readonly List<int> _path = [];

    /// <summary>Somebody who does one thing after another. Says whether the next is possible, and does it.</summary>
    internal delegate bool Step(PoolWorld world, Memory memory, bool act);

    /// <summary>States that were found.</summary>
    public int States => _seen.Count;

    /// <summary>Lives that were led to the end.</summary>
    public int Ends { get; private set; }

    /// <summary>A render: wants, renders, and on the way perhaps wants another one that nests in it.</summary>
    public static Client Render(string affinity, string? nested = null, PageOutcome outcome = PageOutcome.Healthy)
    {
        Step want = (world, memory, act) => !act || (memory.Waiter = world.Want(affinity)) > 0;
        Step give = (world, memory, act) => Give(world, memory.Waiter, outcome, act);
        if (nested is null)
        {
            return new(want, give);
        }

        Step wantNested = (world, memory, act) => world.LeaseOf(memory.Waiter) is { } lease &&
            (!act || (memory.Nested = world.Want(nested, depth: 1, parent: lease)) > 0);
        Step giveNested = (world, memory, act) => Give(world, memory.Nested, PageOutcome.Healthy, act);
        return new(want, wantNested, giveNested, give);
    }

    /// <summary>Something that happens once, at any time.</summary>
    public static Client Once(Action<PoolWorld> happen) => new((world, _, act) =>
    {
        if (act)
        {
            happen(world);
        }

        return true;
    });

    /// <summary>Plays everything.</summary>
    public void Explore()
    {
        var life = Replay();
        if (!_seen.Add(life.Fingerprint()))
        {
            return;
        }

        var moves = life.Moves().Count;
        if (moves == 0)
        {
            life.Finish();
            Ends++;
            return;
        }

        for (var move = 0; move < moves; move++)
        {
            _path.Add(move);
            Explore();
            _path.RemoveAt(_path.Count - 1);
        }
    }

    private Life Replay()
    {
        var life = new Life(new PoolWorld(rules.Options, rules) { Served = "A" }, clients, failures);
        try
        {
            foreach (var move in _path)
            {
                life.Moves()[move]();
            }
        }
        catch (PropertyBroken e)
        {
            throw new PropertyBroken(e.Check, $"after moves {string.Join(' ', _path)}: {e.Message}", e);
        }

        return life;
    }

    // A lease that was taken away is over without being given.
    private static bool Give(PoolWorld world, long waiter, PageOutcome outcome, bool act)
    {
        var lease = world.LeaseOf(waiter);
        if (act && lease is not null)
        {
            world.Complete(lease, outcome);
        }

        return lease is not null || world.Waiting.All(w => w.Id != waiter);
    }

    internal sealed record Client(params Step[] Steps);

    internal sealed class Memory
    {
        public int Done { get; set; }

        public long Waiter { get; set; }

        public long Nested { get; set; }
    }

    private sealed class Life(PoolWorld world, Client[] clients, int failures)
    {
        private readonly Memory[] _memories = [.. clients.Select(_ => new Memory())];
        private int _failuresLeft = failures;

        /// <summary>What can happen next. When nothing can but time, time passes.</summary>
        public List<Action> Moves()
        {
            var moves = Possible();
            for (var i = 0; i < 50 && moves.Count == 0 && !IsOver; i++)
            {
                if (world.NextDeadline - world.Now > TimeSpan.FromSeconds(60))
                {
                    throw new PropertyBroken(Checks.NobodyStarves, $"nothing can happen: {world.Describe()}");
                }

                world.Advance(world.NextDeadline - world.Now);
                moves = Possible();
            }

            return moves;
        }

        public void Finish() => world.Finish();

        public string Fingerprint() =>
            $"{world.Describe()} {string.Join(' ', world.Pending.Select(Name))} {string.Join(' ', _memories.Select(m => $"{m.Done}:{m.Waiter}:{m.Nested}"))} {_failuresLeft} {world.Now} {world.Told}";

        private bool IsOver => _memories.Index().All(m => m.Item.Done == clients[m.Index].Steps.Length);

        private List<Action> Possible()
        {
            var moves = new List<Action>();
            foreach (var (i, memory) in _memories.Index())
            {
                if (memory.Done < clients[i].Steps.Length && clients[i].Steps[memory.Done] is var step && step(world, memory, false))
                {
                    moves.Add(() =>
                    {
                        step(world, memory, true);
                        memory.Done++;
                    });
                }
            }

            foreach (var effect in world.Pending)
            {
                moves.Add(() => world.End(effect));
                if (_failuresLeft > 0 && effect is not KillBrowser)
                {
                    moves.Add(() =>
                    {
                        _failuresLeft--;
                        world.End(effect, well: false);
                    });
                }
            }

            return moves;
        }

        private static string Name(PoolEffect effect) => effect switch
        {
            CloseSlot e => $"close{e.Slot}{e.Stage}",
            CreateSlot e => $"create{e.Slot}",
            RepageSlot e => $"repage{e.Slot}",
            ProbePage e => $"probe{e.Slot}",
            _ => effect.ToString(),
        };
    }
}
