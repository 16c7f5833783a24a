using Fleet.Contracts;
using Fleet.Manager.Servers;

namespace Fleet.Manager.Routing;

/// <summary>Chooses the server on which a render is expected to start first. Affinity is soft: a busy warm server loses to an idle one when waiting costs
/// more than booting a page.</summary>
/// <param name="options">The weights of the costs.</param>
internal sealed class RoutingPolicy(RoutingOptions options)
{
    /// <summary>An affinity on this many servers is so busy that managers need not agree on the next one. They search different parts of the ring, so that they
    /// do not all consider the same few servers.</summary>
    private const int Widespread = ServerIndex.Candidates / 2;

    /// <summary>Chooses the server for a render; null when no ready server is left.</summary>
    /// <param name="view">The fleet.</param>
    /// <param name="reservations">This manager's renders in flight.</param>
    /// <param name="affinity">The affinity of the render.</param>
    /// <param name="isExcluded">Whether a server must not be chosen: already tried, or unhealthy.</param>
    public LiveServer? Choose(FleetView view, Reservations reservations, string affinity, Func<LiveServer, bool> isExcluded)
    {
        var hash = RendezvousHash.Of(affinity);
        var warm = ChooseWarm(view.Ready, reservations, affinity, hash, isExcluded);
        var cold = ChooseCold(view.Ready, reservations, affinity, hash, isExcluded);
        return (warm, cold) switch
        {
            (null, null) => view.Ready.All.Where(server => !isExcluded(server)).MinBy(server => Rate(view.Ready, server, reservations, affinity, hash, isWarm: false).StartMs),
            ({ } only, null) => only.Server,
            (null, { } only) => only.Server,
            ({ } sticky, { } other) => sticky.StartMs <= other.StartMs ? sticky.Server : other.Server,
        };
    }

    /// <summary>Expected time until a render starts on a server, in milliseconds.</summary>
    /// <param name="server">The server's record.</param>
    /// <param name="bootMs">Expected duration of a page boot on it.</param>
    /// <param name="workAhead">Renders on the server, running or waiting, from all managers.</param>
    /// <param name="ownAhead">Renders on the server for the same affinity.</param>
    /// <param name="isWarm">Whether the affinity has a page on the server.</param>
    public double ExpectedStartMs(ServerRecord server, double bootMs, int workAhead, int ownAhead, bool isWarm)
    {
        var render = ServerCosts.RenderMs(server);
        var slot = (Math.Max(0, workAhead - server.Slots + 1) + (options.LoadPenalty * Math.Min(workAhead, server.Slots) / server.Slots)) * render / server.Slots;
        var turn = server.RendersPerAffinity > 0 ? (double)Math.Max(0, ownAhead - server.RendersPerAffinity + 1) / server.RendersPerAffinity * render : 0;
        // If renders of the affinity are already there, its page is busy and a second one usually boots.
        var page = ownAhead > 0 ? options.SecondPageCost : isWarm ? Math.Min(1, (double)workAhead / server.Slots) * options.BusyPagePenalty : 1;
        return Math.Max(slot, turn) + (page * bootMs);
    }

    // The best of the servers that are warm for the affinity, and of those to which this manager has just sent it and which are booting a page for it.
    private Candidate? ChooseWarm(
        ServerIndex ready, Reservations reservations, string affinity, ulong hash, Func<LiveServer, bool> isExcluded)
    {
        Candidate? best = null;
        var known = ready.WarmFor(affinity);
        // With more warm servers than candidates, start at a different one each time.
        var from = known.Length > ServerIndex.Candidates ? (int)(reservations.Made % known.Length) : 0;
        for (var i = 0; i < Math.Min(known.Length, ServerIndex.Candidates); i++)
        {
            best = Better(best, ready.All[known[(from + i) % known.Length]], isWarm: true);
        }

        foreach (var incarnation in reservations.ServersOf(affinity).Take(ServerIndex.Candidates))
        {
            best = ready.Find(incarnation) is { } server && !server.Warm.Contains(affinity) ? Better(best, server, isWarm: false) : best;
        }

        return best;

        Candidate? Better(Candidate? before, LiveServer server, bool isWarm)
        {
            if (isExcluded(server))
            {
                return before;
            }

            var candidate = Rate(ready, server, reservations, affinity, hash, isWarm);
            return before is not { } other || candidate.StartMs < other.StartMs || (candidate.StartMs <= other.StartMs && candidate.Beats(other))
                ? candidate
                : before;
        }
    }

    private Candidate? ChooseCold(
        ServerIndex ready, Reservations reservations, string affinity, ulong hash, Func<LiveServer, bool> isExcluded)
    {
        Span<double> starts = stackalloc double[ServerIndex.Candidates];
        var (earliest, count) = (double.PositiveInfinity, ready.ColdCount);
        var isWidespread = ready.WarmFor(affinity).Length + reservations.ServersOf(affinity).Count >= Widespread;
        var from = isWidespread ? (int)(reservations.Made % int.MaxValue) : 0;
        for (var n = 0; n < count; n++)
        {
            var server = ready.Cold(hash, from, n);
            starts[n] = isExcluded(server) || server.Warm.Contains(affinity) || reservations.On(server.Incarnation, affinity) > 0
                ? double.PositiveInfinity
                : Rate(ready, server, reservations, affinity, hash, isWarm: false).StartMs;
            earliest = Math.Min(earliest, starts[n]);
        }

        Candidate? best = null;
        for (var n = 0; n < count && double.IsFinite(earliest); n++)
        {
            var server = ready.Cold(hash, from, n);
            if (starts[n] <= earliest + (options.ColdTie * ready.BootMs(server.Record)))
            {
                var candidate = new Candidate(server, starts[n], RendezvousHash.Weight(hash, server.Hash));
                best = best is { } other && !candidate.Beats(other) ? best : candidate;
            }
        }

        return best;
    }

    private Candidate Rate(ServerIndex ready, LiveServer server, Reservations reservations, string affinity, ulong hash, bool isWarm)
    {
        var (record, own) = (server.Record, reservations.On(server.Incarnation, affinity));
        // Renders that wait although slots are free wait for their affinity; if this affinity is warm here, they are probably its own.
        var ahead = own + (isWarm && record.Free > 0 ? record.Queue : 0);
        var boot = ready.BootMs(record);
        var start = ExpectedStartMs(record, boot, reservations.On(server.Incarnation) + server.WorkOfOthers, ahead, isWarm);
        var eviction = isWarm || own > 0 ? 0 : options.EvictionPenalty * ready.ReuseChance * boot * Math.Min(1, (double)server.Warm.Count / record.Slots);
        return new(server, start + eviction, RendezvousHash.Weight(hash, server.Hash));
    }

    private readonly record struct Candidate(LiveServer Server, double StartMs, ulong Weight)
    {
        // Equal weights are improbable; the incarnation makes all managers agree even then.
        public bool Beats(Candidate other) =>
            Weight > other.Weight || (Weight == other.Weight && string.CompareOrdinal(Server.Incarnation, other.Server.Incarnation) > 0);
    }
}
