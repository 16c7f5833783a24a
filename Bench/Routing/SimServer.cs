namespace Fleet.Bench.Routing;

/// <summary>A prerender server in virtual time: slots with pages, a queue, and the pool's rules in short. A page of one's own first, then any
/// idle slot, least recently used first, whose page is replaced; so many renders of one affinity at a time.</summary>
internal sealed class SimServer(int slots, int rendersPerAffinity)
{
    private readonly int[] _pages = [.. Enumerable.Repeat(-1, slots)];
    private readonly bool[] _busy = new bool[slots];
    private readonly double[] _usedAt = new double[slots];
    private readonly List<SimRender> _queue = [];

    /// <summary>Pages by slot: numbers of affinities, -1 for none.</summary>
    public IReadOnlyList<int> Pages => _pages;

    public int Free { get; private set; } = slots;

    public int Queued => _queue.Count;

    public double RecentRenderMs { get; private set; }

    public double RecentBootMs { get; private set; }

    public void Add(SimRender render) => _queue.Add(render);

    /// <summary>The next render that can start now; null when none can.</summary>
    public SimRender? Start(double now)
    {
        for (var i = 0; i < _queue.Count && Free > 0; i++)
        {
            var render = _queue[i];
            if (SlotFor(render.Affinity) is { } slot)
            {
                _queue.RemoveAt(i);
                (render.Slot, render.IsWarm) = (slot, _pages[slot] == render.Affinity);
                (_pages[slot], _busy[slot]) = (render.Affinity, true);
                Free--;
                render.StartedAt = now + (render.IsWarm ? 0 : render.BootMs);
                RecentBootMs = render.IsWarm ? RecentBootMs : Average(RecentBootMs, render.BootMs);
                return render;
            }
        }

        return null;
    }

    public void End(SimRender render, double now)
    {
        (_busy[render.Slot], _usedAt[render.Slot]) = (false, now);
        Free++;
        RecentRenderMs = Average(RecentRenderMs, render.RenderMs);
    }

    private int? SlotFor(int affinity)
    {
        var (own, oldest, running) = (-1, -1, 0);
        for (var slot = 0; slot < _pages.Length; slot++)
        {
            if (_busy[slot])
            {
                running += _pages[slot] == affinity ? 1 : 0;
            }
            else if (_pages[slot] == affinity)
            {
                own = slot;
            }
            else if (oldest < 0 || _usedAt[slot] < _usedAt[oldest])
            {
                oldest = slot;
            }
        }

        return running >= rendersPerAffinity ? null : own >= 0 ? own : oldest >= 0 ? oldest : null;
    }

    private static double Average(double before, double value) => before == 0 ? value : before + ((value - before) / 20);
}

/// <summary>One render in virtual time, in milliseconds.</summary>
internal sealed record SimRender(int Affinity, double ArrivedAt, double RenderMs, double BootMs, int Manager, IDisposable Reservation, int Server)
{
    public int Slot { get; set; }

    public bool IsWarm { get; set; }

    public double StartedAt { get; set; }
}
