using Fleet.Manager.Routing;
using Fleet.Manager.Servers;

namespace Fleet.Bench.Routing;

/// <summary>The policies that are compared.</summary>
internal static class Policies
{
    public delegate LiveServer Policy(SimManager manager, string affinity, Random random);

    public static IReadOnlyList<(string Name, Policy Choose)> All { get; } =
        [("fleet", Fleet), ("buckets", Buckets), ("least loaded", LeastLoaded), ("random", RandomOne)];

    public static RoutingPolicy Routing { get; } = new(new());

    /// <summary>The manager's own, as it runs in production.</summary>
    public static LiveServer Fleet(SimManager manager, string affinity, Random random) =>
        Routing.Choose(manager.View, manager.Reservations, affinity, static _ => false)!;

    /// <summary>Four buckets: warm and idle, cold and idle, warm and busy, cold and busy; the fewest affinities inside one, then the least work.
    /// Idle is a server with a free slot on which no page of the affinity is busy. The prior art has no reservations; here it gets them.</summary>
    private static LiveServer Buckets(SimManager manager, string affinity, Random random)
    {
        LiveServer? best = null;
        var bestRank = (Bucket: int.MaxValue, Affinities: int.MaxValue, Work: int.MaxValue);
        foreach (var place in manager.View.Ready.WarmFor(affinity))
        {
            var server = manager.View.Ready.All[place];
            var work = manager.Work(manager.NumberOf(server));
            var isIdle = work < server.Record.Slots && manager.Reservations.On(server.Incarnation, affinity) == 0;
            Take(server, (isIdle ? 0 : 2, server.Warm.Count, work));
        }

        if (bestRank.Bucket > 0)
        {
            foreach (var (server, number) in Rotated(manager, random))
            {
                var work = manager.Work(number);
                var rank = (work < server.Record.Slots ? 1 : 3, server.Warm.Count, work);
                if (rank.CompareTo(bestRank) < 0 && !server.Warm.Contains(affinity))
                {
                    Take(server, rank);
                }
            }
        }

        return best!;

        void Take(LiveServer server, (int, int, int) rank)
        {
            if (rank.CompareTo(bestRank) < 0)
            {
                (best, bestRank) = (server, rank);
            }
        }
    }

    /// <summary>The least work; any one of those that have it.</summary>
    private static LiveServer LeastLoaded(SimManager manager, string affinity, Random random) =>
        Rotated(manager, random).MinBy(server => manager.Work(server.Number)).Server;

    private static LiveServer RandomOne(SimManager manager, string affinity, Random random) => manager.Servers[random.Next(manager.Servers.Count)];

    private static IEnumerable<(LiveServer Server, int Number)> Rotated(SimManager manager, Random random)
    {
        var from = random.Next(manager.Servers.Count);
        for (var i = 0; i < manager.Servers.Count; i++)
        {
            var number = (from + i) % manager.Servers.Count;
            yield return (manager.Servers[number], number);
        }
    }
}
