using System.Runtime.InteropServices;
using Fleet.Manager.Membership;

namespace Fleet.Manager.Routing;

/// <summary>The ready servers of a view, so arranged that a decision costs the same for three servers and for ten thousand.</summary>
internal sealed class ServerIndex
{
    /// <summary>How many servers a decision looks at, at most: warm ones as well as cold ones. The best of this many is within a few per
    /// cent of the best of all.</summary>
    public const int Candidates = 32;

    private readonly ulong[] _ring;
    private readonly LiveServer[] _onRing;
    private readonly Dictionary<string, LiveServer> _byIncarnation = [];
    private readonly Dictionary<string, int> _affinities = [];
    private readonly LiveServer[] _warm;
    private readonly int[] _warmFrom;

    public ServerIndex(IReadOnlyList<LiveServer> servers)
    {
        All = [.. servers.Where(server => server.IsReady)];
        _onRing = [.. All.OrderBy(server => server.Hash).ThenBy(server => server.Incarnation, StringComparer.Ordinal)];
        _ring = [.. _onRing.Select(server => server.Hash)];
        foreach (var server in All)
        {
            _byIncarnation[server.Incarnation] = server;
            Slots += server.Record.Slots;
            RenderMs += server.Record.Slots * RoutingPolicy.RenderMs(server.Record);
        }

        RenderMs = Slots == 0 ? RoutingPolicy.AssumedRenderMs : RenderMs / Slots;
        (_warmFrom, _warm) = IndexWarm();
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<LiveServer> All { get; }

    /// <summary>Slots of all of them.</summary>
    public int Slots { get; }

    /// <summary>What a render costs on the average slot, in milliseconds.</summary>
    public double RenderMs { get; }

    public LiveServer? Find(string incarnation) => _byIncarnation.GetValueOrDefault(incarnation);

    /// <summary>The servers with a page for an affinity.</summary>
    public ReadOnlySpan<LiveServer> WarmFor(string affinity) => _affinities.TryGetValue(affinity, out var number)
        ? _warm.AsSpan(_warmFrom[number].._warmFrom[number + 1])
        : [];

    /// <summary>How many candidates there are for a cold affinity.</summary>
    public int ColdCount => Math.Min(All.Count, Candidates);

    /// <summary>The n-th server that a cold affinity may be placed on: one of all while they are few, else the next one on a ring from a
    /// place that the affinity and the turn decide. The same for every manager; a server that comes or goes is a candidate for its own share only.</summary>
    public LiveServer Cold(ulong affinity, int turn, int n)
    {
        if (_onRing.Length <= Candidates)
        {
            return _onRing[n];
        }

        var found = Array.BinarySearch(_ring, RendezvousHash.Probe(affinity, unchecked((turn * Candidates) + n)));
        return _onRing[(found < 0 ? ~found : found) % _onRing.Length];
    }

    // One flat array with a range per affinity: a million affinities are two arrays and a dictionary, not a million lists.
    private (int[] From, LiveServer[] Warm) IndexWarm()
    {
        var numbers = new List<int>();
        var counts = new List<int>();
        foreach (var affinity in All.SelectMany(server => server.Warm.Keys))
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

        var warm = new LiveServer[numbers.Count];
        var next = from.AsSpan().ToArray();
        var read = 0;
        foreach (var server in All)
        {
            for (var left = server.Warm.Count; left > 0; left--)
            {
                warm[next[numbers[read++]]++] = server;
            }
        }

        return (from, warm);
    }
}
