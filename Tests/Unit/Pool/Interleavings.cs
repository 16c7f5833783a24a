using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Tests.Pool;

/// <summary>
/// Every order in which a few clients and all completions can happen, depth first. A state is reached by playing its moves from the
/// start; a state that was visited before is not explored again.
/// </summary>
internal sealed class Interleavings(PoolRules rules, int failures, params Interleavings.Client[] clients)
{
    private readonly HashSet<string> _seen = [];
    private readonly List<int> _path = [];

    /// <summary>A step of a client. Returns whether the step is possible now; with <c>act</c>, also performs it.</summary>
    internal delegate bool Step(PoolWorld world, Memory memory, bool act);

    /// <summary>Number of states found.</summary>
    public int States => _seen.Count;

    /// <summary>Number of runs that reached the end.</summary>
    public int Ends { get; private set; }

    /// <summary>A client that requests a page and completes the render, with a nested render in between if one is named.</summary>
    public static Client Render(string affinity, string? nested = null, PageCondition condition = PageCondition.Healthy)
    {
        Step request = (world, memory, act) => !act || (memory.Waiter = world.Request(affinity)) > 0;
        Step complete = (world, memory, act) => Complete(world, memory.Waiter, condition, act);
        if (nested is null)
        {
            return new(request, complete);
        }

        Step requestNested = (world, memory, act) => world.LeaseOf(memory.Waiter) is { } lease &&
            (!act || (memory.Nested = world.Request(nested, depth: 1, parent: lease)) > 0);
        Step completeNested = (world, memory, act) => Complete(world, memory.Nested, PageCondition.Healthy, act);
        return new(request, requestNested, completeNested, complete);
    }

    /// <summary>An action that happens once, at any time.</summary>
    public static Client Once(Action<PoolWorld> happen) => new((world, _, act) =>
    {
        if (act)
        {
            happen(world);
        }

        return true;
    });

    /// <summary>Explores every order.</summary>
    public void Explore()
    {
        var run = Replay();
        if (!_seen.Add(run.Fingerprint()))
        {
            return;
        }

        var moves = run.Moves().Count;
        if (moves == 0)
        {
            run.Finish();
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

    private Run Replay()
    {
        var run = new Run(new PoolWorld(rules.Options, rules) { Served = "A" }, clients, failures);
        try
        {
            foreach (var move in _path)
            {
                run.Moves()[move]();
            }
        }
        catch (PropertyBroken e)
        {
            throw new PropertyBroken(e.Check, $"after moves {string.Join(' ', _path)}: {e.Message}", e);
        }

        return run;
    }

    // A lease that was revoked needs no completion.
    private static bool Complete(PoolWorld world, long waiter, PageCondition condition, bool act)
    {
        var lease = world.LeaseOf(waiter);
        if (act && lease is not null)
        {
            world.Complete(lease, condition);
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

    private sealed class Run(PoolWorld world, Client[] clients, int failures)
    {
        private readonly Memory[] _memories = [.. clients.Select(_ => new Memory())];
        private int _failuresLeft = failures;

        /// <summary>The possible next moves. If there is none, time advances to the next deadline.</summary>
        public List<Action> Moves()
        {
            var moves = Possible();
            for (var i = 0; i < 50 && moves.Count == 0 && !IsOver; i++)
            {
                if (world.NextDeadline - world.Now > TimeSpan.FromSeconds(60))
                {
                    throw new PropertyBroken(Checks.NoStarvation, $"nothing can happen: {world.Describe()}");
                }

                world.Advance(world.NextDeadline - world.Now);
                moves = Possible();
            }

            return moves;
        }

        public void Finish() => world.Finish();

        public string Fingerprint() =>
            $"{world.Describe()} {string.Join(' ', world.Pending.Select(Name))} {string.Join(' ', _memories.Select(m => $"{m.Done}:{m.Waiter}:{m.Nested}"))} {_failuresLeft} {world.Now} {world.CurrentToken}";

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
            ReplacePage e => $"replace{e.Slot}",
            ProbePage e => $"probe{e.Slot}",
            _ => effect.ToString(),
        };
    }
}
