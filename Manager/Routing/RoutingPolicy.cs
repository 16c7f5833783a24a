using Fleet.Contracts;
using Fleet.Manager.Servers;

namespace Fleet.Manager.Routing;

/// <summary>Where a render goes: to the server on which it is expected to start first. Stickiness is soft: a warm busy server loses to an
/// idle one when waiting costs more than booting.</summary>
internal static class RoutingPolicy
{
    /// <summary>Cold servers that differ by less than this share of a boot count as equal and the hash decides among them: measured boots
    /// are never quite the same, and two managers that disagree about a cold affinity pay a whole boot more.</summary>
    public const double ColdTie = 0.25;

    /// <summary>How much of a render the last free slot of a server counts. The report that calls it free is a moment old, and another
    /// manager may be looking at the same one.</summary>
    private const double Doubt = 0.25;

    /// <summary>Share of a boot that a warm page on a server with all slots taken counts: the page itself may be one of those that are busy.</summary>
    private const double Contention = 0.25;

    /// <summary>Boots that it counts when a cold affinity takes a slot of a server whose slots all serve different affinities: one of those
    /// must go, and boots again when it comes back. Servers with room, or with several pages of one affinity, so come first.</summary>
    private const double Eviction = 2;

    /// <summary>Share of a boot that a second page beside the first one costs.</summary>
    private const double Second = 0.75;

    /// <summary>An affinity on this many servers is so busy that it matters no more that managers agree on the next one: they look for it in
    /// different places, or each would know the same few only.</summary>
    private const int Widespread = ServerIndex.Candidates / 2;

    /// <summary>The server for a render; null when no ready one is left.</summary>
    /// <param name="view">The fleet.</param>
    /// <param name="reservations">This manager's own renders under way.</param>
    /// <param name="affinity">For which affinity.</param>
    /// <param name="isExcluded">Whether a server is not to be chosen: already tried, or suspected.</param>
    public static LiveServer? Choose(FleetView view, Reservations reservations, string affinity, Func<LiveServer, bool> isExcluded)
    {
        var hash = RendezvousHash.Of(affinity);
        var warm = ChooseWarm(view.Ready, reservations, affinity, hash, isExcluded);
        var cold = ChooseCold(view.Ready, reservations, affinity, hash, isExcluded);
        return (warm, cold) switch
        {
            (null, null) => view.Ready.All.Where(server => !isExcluded(server)).MinBy(server => Rate(server, reservations, affinity, hash, isWarm: false).StartMs),
            ({ } only, null) => only.Server,
            (null, { } only) => only.Server,
            ({ } sticky, { } other) => sticky.StartMs <= other.StartMs ? sticky.Server : other.Server,
        };
    }

    /// <summary>Expected time until a render starts on a server, in milliseconds.</summary>
    /// <param name="server">What the server says.</param>
    /// <param name="workAhead">Renders there, of anybody, running or waiting.</param>
    /// <param name="ownAhead">Renders there for the same affinity.</param>
    /// <param name="isWarm">Whether the affinity has a page there.</param>
    public static double ExpectedStartMs(ServerRecord server, int workAhead, int ownAhead, bool isWarm)
    {
        var render = ServerCosts.RenderMs(server);
        var slot = (Math.Max(0, workAhead - server.Slots + 1) + (Doubt * Math.Min(workAhead, server.Slots) / server.Slots)) * render / server.Slots;
        var turn = server.RendersPerAffinity > 0 ? (double)Math.Max(0, ownAhead - server.RendersPerAffinity + 1) / server.RendersPerAffinity * render : 0;
        // Beside a page that is busy with its own affinity another one is booted, unless there are two already.
        var page = ownAhead > 0 ? Second * ServerCosts.BootMs(server) : isWarm ? Math.Min(1, (double)workAhead / server.Slots) * Contention * ServerCosts.BootMs(server) : ServerCosts.BootMs(server);
        return Math.Max(slot, turn) + page;
    }

    // Of those that know the affinity, by the registry or because this manager has just sent it there, whose boot is paid for already.
    private static Candidate? ChooseWarm(
        ServerIndex ready, Reservations reservations, string affinity, ulong hash, Func<LiveServer, bool> isExcluded)
    {
        Candidate? best = null;
        var known = ready.WarmFor(affinity);
        // A realm that half the fleet is warm for is looked at in turns.
        var from = known.Length > ServerIndex.Candidates ? (int)(reservations.Made % known.Length) : 0;
        for (var i = 0; i < Math.Min(known.Length, ServerIndex.Candidates); i++)
        {
            best = Better(best, ready.All[known[(from + i) % known.Length]], isWarm: true);
        }

        foreach (var incarnation in reservations.ServersOf(affinity).Take(ServerIndex.Candidates))
        {
            best = ready.Find(incarnation) is { } server && !server.Warm.ContainsKey(affinity) ? Better(best, server, isWarm: false) : best;
        }

        return best;

        Candidate? Better(Candidate? before, LiveServer server, bool isWarm)
        {
            if (isExcluded(server))
            {
                return before;
            }

            var candidate = Rate(server, reservations, affinity, hash, isWarm);
            return before is not { } other || candidate.StartMs < other.StartMs || (candidate.StartMs <= other.StartMs && candidate.Beats(other))
                ? candidate
                : before;
        }
    }

    private static Candidate? ChooseCold(
        ServerIndex ready, Reservations reservations, string affinity, ulong hash, Func<LiveServer, bool> isExcluded)
    {
        Span<double> starts = stackalloc double[ServerIndex.Candidates];
        var (soonest, count) = (double.PositiveInfinity, ready.ColdCount);
        var isWidespread = ready.WarmFor(affinity).Length + reservations.ServersOf(affinity).Count >= Widespread;
        var from = isWidespread ? (int)(reservations.Made % int.MaxValue) : 0;
        for (var n = 0; n < count; n++)
        {
            var server = ready.Cold(hash, from, n);
            starts[n] = isExcluded(server) || server.Warm.ContainsKey(affinity) || reservations.On(server.Incarnation, affinity) > 0
                ? double.PositiveInfinity
                : Rate(server, reservations, affinity, hash, isWarm: false).StartMs;
            soonest = Math.Min(soonest, starts[n]);
        }

        Candidate? best = null;
        for (var n = 0; n < count && double.IsFinite(soonest); n++)
        {
            var server = ready.Cold(hash, from, n);
            if (starts[n] <= soonest + (ColdTie * ServerCosts.BootMs(server.Record)))
            {
                var candidate = new Candidate(server, starts[n], RendezvousHash.Weight(hash, server.Hash));
                best = best is { } other && !candidate.Beats(other) ? best : candidate;
            }
        }

        return best;
    }

    private static Candidate Rate(LiveServer server, Reservations reservations, string affinity, ulong hash, bool isWarm)
    {
        var (record, own) = (server.Record, reservations.On(server.Incarnation, affinity));
        // Renders that wait although slots are free have had their share of them; where the affinity is warm, they may well be its own.
        var ahead = own + (isWarm && record.Free > 0 ? record.Queue : 0);
        var start = ExpectedStartMs(record, reservations.On(server.Incarnation) + server.WorkOfOthers, ahead, isWarm);
        var eviction = isWarm || own > 0 ? 0 : Eviction * ServerCosts.BootMs(record) * Math.Min(1, (double)server.Warm.Count / record.Slots);
        return new(server, start + eviction, RendezvousHash.Weight(hash, server.Hash));
    }

    private readonly record struct Candidate(LiveServer Server, double StartMs, ulong Weight)
    {
        // Two servers may bear one name; all managers must still agree.
        public bool Beats(Candidate other) =>
            Weight > other.Weight || (Weight == other.Weight && string.CompareOrdinal(Server.Incarnation, other.Server.Incarnation) > 0);
    }
}
