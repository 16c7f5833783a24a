using System.Runtime.InteropServices;
using Fleet.Contracts;

namespace Fleet.Manager.Servers;

/// <summary>Index of a view's ready servers. A routing decision costs the same for three servers and for ten thousand.</summary>
internal sealed class ServerIndex
{
    /// <summary>Maximum number of warm and of cold servers that a decision considers. The best of this many is within a few percent of the best of all.</summary>
    public const int Candidates = 32;

    private readonly LiveServer[] _all;
    private readonly Places _places;
    private readonly EvictionHistory _evictions;
    private readonly double _recentBootMs;

    /// <summary>Indexes the ready servers.</summary>
    /// <param name="servers">All servers.</param>
    /// <param name="before">The index of an earlier view. If only loads have changed since, its ordering of servers and affinities is reused.</param>
    public ServerIndex(IReadOnlyList<LiveServer> servers, ServerIndex? before = null)
    {
        _all = [.. servers.Where(server => server.IsReady)];
        foreach (var server in _all)
        {
            Slots += server.Record.Slots;
            RenderMs += server.Record.Slots * ServerCosts.RenderMs(server.Record);
        }

        _recentBootMs = _all.Where(server => ServerCosts.HasRecentBoot(server.Record)).Select(server => ServerCosts.BootMs(server.Record)).DefaultIfEmpty(double.PositiveInfinity).Average();

        RenderMs = Slots == 0 ? ServerCosts.AssumedRenderMs : RenderMs / Slots;
        _evictions = before?._evictions ?? new();
        if (before is not null && HasSamePlaces(before))
        {
            _places = before._places;
        }
        else
        {
            _places = new Places(_all);
            NoteEvictions(before);
        }

        ReuseChance = _evictions.ReuseChance;
    }

    /// <summary>The ready servers.</summary>
    public IReadOnlyList<LiveServer> All => _all;

    /// <summary>Total number of slots.</summary>
    public int Slots { get; }

    /// <summary>Average duration of a render, weighted by slots, in milliseconds.</summary>
    public double RenderMs { get; }

    /// <summary>Expected duration of a page boot on a server, in milliseconds. A server whose last boot is long ago counts as at least as fast as the servers that
    /// have just booted a page: otherwise one slow boot, as while the machine started, would keep renders away from an idle server for ever.</summary>
    public double BootMs(ServerRecord server) => ServerCosts.HasRecentBoot(server) ? ServerCosts.BootMs(server) : Math.Min(ServerCosts.BootMs(server), _recentBootMs);

    /// <summary>Chance that an affinity whose last page is evicted soon needs a page again, 0 to 1, as <see cref="EvictionHistory"/> has learned it.</summary>
    public double ReuseChance { get; }

    public LiveServer? Find(string incarnation) => _places.ByIncarnation.TryGetValue(incarnation, out var place) ? _all[place] : null;

    /// <summary>The servers that are warm for an affinity, as indexes into <see cref="All"/>.</summary>
    public ReadOnlySpan<int> WarmFor(string affinity) => _places.WarmFor(affinity);

    /// <summary>Number of candidates for a cold affinity.</summary>
    public int ColdCount => Math.Min(_all.Length, Candidates);

    /// <summary>The n-th candidate for a cold affinity. With at most <see cref="Candidates"/> servers every server is one; otherwise it is the next server on the
    /// ring after a position derived from the affinity, the turn and n. All managers agree on it, and a server that joins or leaves changes only its own
    /// share.</summary>
    public LiveServer Cold(ulong affinity, int turn, int n)
    {
        var (ring, onRing) = (_places.Ring, _places.OnRing);
        if (onRing.Length <= Candidates)
        {
            return _all[onRing[n]];
        }

        var found = Array.BinarySearch(ring, RendezvousHash.Probe(affinity, unchecked((turn * Candidates) + n)));
        return _all[onRing[(found < 0 ? ~found : found) % onRing.Length]];
    }

    // What has become warm and what has been evicted since the index before.
    private void NoteEvictions(ServerIndex? before)
    {
        foreach (var server in before?._all ?? [])
        {
            var now = Find(server.Incarnation)?.Warm ?? LiveServer.NothingWarm;
            if (!ReferenceEquals(now, server.Warm))
            {
                foreach (var affinity in server.Warm.Where(affinity => !now.Contains(affinity) && WarmFor(affinity).IsEmpty))
                {
                    _evictions.Evicted(affinity, Slots);
                }
            }
        }

        foreach (var server in _all)
        {
            var earlier = before?.Find(server.Incarnation)?.Warm ?? LiveServer.NothingWarm;
            if (!ReferenceEquals(earlier, server.Warm))
            {
                foreach (var affinity in server.Warm.Where(affinity => !earlier.Contains(affinity)))
                {
                    _evictions.Warmed(affinity);
                }
            }
        }
    }

    // The ordering depends on the set of servers and on their warm lists, not on load. FleetViewReader keeps the object of an unchanged warm list.
    private bool HasSamePlaces(ServerIndex before)
    {
        if (before._all.Length != _all.Length)
        {
            return false;
        }

        for (var i = 0; i < _all.Length; i++)
        {
            if (_all[i].Incarnation != before._all[i].Incarnation || !ReferenceEquals(_all[i].Warm, before._all[i].Warm))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The positions of the servers: by incarnation, on the ring and per affinity. Independent of load.</summary>
    private sealed class Places
    {
        private readonly Dictionary<string, int> _affinities = [];
        private readonly int[] _warm;
        private readonly int[] _warmFrom;

        public Places(LiveServer[] servers)
        {
            OnRing = [.. Enumerable.Range(0, servers.Length).OrderBy(i => servers[i].Hash).ThenBy(i => servers[i].Incarnation, StringComparer.Ordinal)];
            Ring = [.. OnRing.Select(i => servers[i].Hash)];
            for (var i = 0; i < servers.Length; i++)
            {
                ByIncarnation[servers[i].Incarnation] = i;
            }

            (_warmFrom, _warm) = IndexWarm(servers);
        }

        public Dictionary<string, int> ByIncarnation { get; } = [];

        public ulong[] Ring { get; }

        public int[] OnRing { get; }

        public ReadOnlySpan<int> WarmFor(string affinity) => _affinities.TryGetValue(affinity, out var number)
            ? _warm.AsSpan(_warmFrom[number].._warmFrom[number + 1])
            : [];

        // One flat array with a range per affinity: a million affinities take two arrays and a dictionary instead of a million lists.
        private (int[] From, int[] Warm) IndexWarm(LiveServer[] servers)
        {
            var numbers = new List<int>();
            var counts = new List<int>();
            foreach (var affinity in servers.SelectMany(server => server.Warm))
            {
                ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_affinities, affinity, out var isKnown);
                if (!isKnown)
                {
                    number = counts.Count;
                    counts.Add(0);
                }

                counts[number]++;
                numbers.Add(number);
            }

            var from = new int[counts.Count + 1];
            for (var i = 0; i < counts.Count; i++)
            {
                from[i + 1] = from[i] + counts[i];
            }

            var warm = new int[numbers.Count];
            var next = from.AsSpan().ToArray();
            var read = 0;
            for (var server = 0; server < servers.Length; server++)
            {
                for (var left = servers[server].Warm.Count; left > 0; left--)
                {
                    warm[next[numbers[read++]]++] = server;
                }
            }

            return (from, warm);
        }
    }
}

/// <summary>Duration of a render and of a page boot on a server, in milliseconds: as measured by the server, or a default until then.</summary>
internal static class ServerCosts
{
    /// <summary>Duration of a render on a server that has not measured it yet, in milliseconds.</summary>
    public const double AssumedRenderMs = 200;

    /// <summary>Duration of a page boot on a server that has not measured it yet, in milliseconds.</summary>
    public const double AssumedBootMs = 500;

    /// <summary>Age up to which a server's measurement of a page boot counts as recent, in seconds. A server that reports no age has measured it just now.</summary>
    public const int RecentSeconds = 60;

    public static bool HasRecentBoot(ServerRecord server) => server.BootAgeSeconds is null or <= RecentSeconds;

    public static double RenderMs(ServerRecord server) => Measured(server.RecentRenderMs, AssumedRenderMs);

    public static double BootMs(ServerRecord server) => Measured(server.RecentBootMs, AssumedBootMs);

    private static double Measured(double value, double assumed) => double.IsFinite(value) && value > 0 ? value : assumed;
}
