using System.Diagnostics;
using System.Globalization;
using Fleet.Contracts;
using Fleet.Manager.Routing;
using Fleet.Manager.Servers;

namespace Fleet.Bench.Routing;

/// <summary>Compares routing policies in virtual time, and measures what one decision costs. Prints the tables of this folder's README.</summary>
internal static class RoutingBench
{
    private const int Decisions = 50_000;
    private static readonly double[] s_loads = [0.30, 0.70, 0.95];

    /// <param name="scenario">What is simulated.</param>
    /// <param name="policies">Which ones; all when none is named.</param>
    public static void Compare(Scenario scenario, string[] policies)
    {
        Say("| load | policy | warm | p50 wait | p99 wait | slots busy | renders | left waiting |");
        Say("|---|---|---|---|---|---|---|---|");
        foreach (var load in s_loads)
        {
            var perMs = Calibrate(scenario, load);
            foreach (var (name, policy) in Policies.All.Where(policy => policies.Length == 0 || policies.Contains(policy.Name)))
            {
                var result = new Simulation(scenario, policy, perMs).Run();
                Say($"| {load:P0} | {name} | {result.WarmRatio:P1} | {result.P50WaitMs:F0} ms | {result.P99WaitMs:F0} ms | {result.Busy:P1} | {result.Started:N0} | {result.StillWaiting:N0} |");
            }
        }
    }

    public static void Cost()
    {
        Say("| servers | affinities | decision, warm | decision, cold | index of a new snapshot |");
        Say("|---|---|---|---|---|");
        foreach (var (servers, affinities) in new[] { (10, 100), (100, 1_000), (1_000, 10_000), (1_000, 1_000_000), (10_000, 10_000), (10_000, 1_000_000) })
        {
            string[] names = [.. Enumerable.Range(0, affinities).Select(i => $"realm:https://fleet.example/r{i}/")];
            LiveServer[] live = [.. Enumerable.Range(0, servers).Select(i => Server(i, Enumerable.Range(0, affinities / servers).Select(n => names[(n * servers) + i])))];
            var started = Stopwatch.GetTimestamp();
            var view = new FleetView(null, live, []) { Ready = new(live) };
            var index = Stopwatch.GetElapsedTime(started);
            string[] cold = [.. Enumerable.Range(0, 10_000).Select(i => $"realm:https://fleet.example/cold{i}/")];
            Say($"| {servers:N0} | {affinities:N0} | {Micros(view, names):F2} µs | {Micros(view, cold):F2} µs | {index.TotalMilliseconds:F1} ms |");
        }
    }

    // The arrival rate at which the manager's own policy keeps this share of the slots busy, boots included; the others get the same renders.
    private static double Calibrate(Scenario scenario, double load)
    {
        var pilot = scenario with { LengthMs = 7_000, WarmUpMs = 4_000 };
        // From below, and carefully: a fleet that cannot keep up is as busy as one that just can.
        var perMs = load * scenario.Servers * scenario.Slots / (scenario.RenderMs + (scenario.BootMs / 2));
        for (var i = 0; i < 6; i++)
        {
            perMs *= Math.Min(1.2, load / new Simulation(pilot, Policies.Fleet, perMs).Run().Busy);
        }

        return perMs;
    }

    private static double Micros(FleetView view, string[] affinities)
    {
        var reservations = new Reservations();
        var kept = new Queue<Reservation>();
        for (var round = 0; ; round++)
        {
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < Decisions; i++)
            {
                // As many in flight as one manager lets in.
                var affinity = affinities[(int)((uint)(i * 2_654_435_761) % (uint)affinities.Length)];
                kept.Enqueue(reservations.TryReserve(affinity, () => Policies.Routing.Choose(view, reservations, affinity, static _ => false))!);
                if (kept.Count > 512)
                {
                    kept.Dequeue().Dispose();
                }
            }

            if (round == 2)
            {
                return Stopwatch.GetElapsedTime(started).TotalMicroseconds / Decisions;
            }
        }
    }

    private static LiveServer Server(int number, IEnumerable<string> warm) => new(
        new ServerRecord
        {
            Incarnation = $"i{number}",
            Name = $"prerender-{number}",
            Url = "http://127.0.0.1:1",
            State = ServerState.Ready,
            Version = 1,
            Slots = 4,
            Free = 4,
            RendersPerAffinity = 2,
            RecentRenderMs = 200,
            RecentBootMs = 400,
        },
        warm.ToHashSet(),
        0);

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static void Say(string line) => Console.WriteLine(line);
}
