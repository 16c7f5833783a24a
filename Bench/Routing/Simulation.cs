using Fleet.Contracts;
using Fleet.Manager.Servers;

namespace Fleet.Bench.Routing;

/// <summary>A fleet in virtual time under one policy. The same seed gives the same renders to every policy.</summary>
internal sealed class Simulation
{
    private readonly Scenario _scenario;
    private readonly Policies.Policy _policy;
    private readonly double _perMs;
    private readonly Random _traffic;
    private readonly Random _choices;
    private readonly double[] _popularity;
    private readonly string[] _names;
    private readonly SimServer[] _servers;
    private readonly SimManager[] _managers;
    private readonly PriorityQueue<SimRender, double> _ends = new();
    private readonly List<double> _waits = [];
    private long _warm;
    private double _busyMs;

    /// <param name="scenario">What is simulated.</param>
    /// <param name="policy">Who decides.</param>
    /// <param name="perMs">Renders that come per millisecond, a Poisson stream.</param>
    public Simulation(Scenario scenario, Policies.Policy policy, double perMs)
    {
        (_scenario, _policy, _perMs) = (scenario, policy, perMs);
        (_traffic, _choices) = (new(scenario.Seed), new(scenario.Seed + 1));
        _servers = [.. Enumerable.Range(0, scenario.Servers).Select(_ => new SimServer(scenario.Slots, scenario.RendersPerAffinity))];
        _managers = [.. Enumerable.Range(0, scenario.Managers).Select(_ => new SimManager())];
        _names = [.. Enumerable.Range(0, scenario.Affinities).Select(i => $"realm:https://fleet.example/r{i}/")];
        var sum = 0.0;
        _popularity = [.. Enumerable.Range(1, scenario.Affinities).Select(rank => sum += Math.Pow(rank, -scenario.Zipf))];
    }

    public SimResult Run()
    {
        var (nextArrival, nextScreenshot) = (0.0, 0.0);
        while (true)
        {
            var nextEnd = _ends.TryPeek(out _, out var end) ? end : double.PositiveInfinity;
            var now = Math.Min(nextScreenshot, Math.Min(nextArrival, nextEnd));
            if (now > _scenario.LengthMs)
            {
                return Result();
            }

            if (now == nextScreenshot)
            {
                Report();
                nextScreenshot += _scenario.ScreenshotMs;
            }
            else if (now == nextEnd)
            {
                End(_ends.Dequeue(), now);
            }
            else
            {
                Arrive(now);
                nextArrival = now - (Math.Log(1 - _traffic.NextDouble()) / _perMs);
            }
        }
    }

    private void Arrive(double now)
    {
        var found = Array.BinarySearch(_popularity, _traffic.NextDouble() * _popularity[^1]);
        var affinity = Math.Min(found < 0 ? ~found : found, _names.Length - 1);
        var (renderMs, bootMs) = (LogNormal(_scenario.RenderMs, 0.5), LogNormal(_scenario.BootMs, 0.3));
        var manager = _traffic.Next(_managers.Length);
        var (server, reservation) = _managers[manager].Send(_names[affinity], () => _policy(_managers[manager], _names[affinity], _choices));
        _servers[server].Add(new(affinity, now, renderMs, bootMs, manager, reservation, server));
        StartAll(server, now);
    }

    private void End(SimRender render, double now)
    {
        _servers[render.Server].End(render, now);
        _managers[render.Manager].Ended(render);
        StartAll(render.Server, now);
    }

    private void StartAll(int server, double now)
    {
        while (_servers[server].Start(now) is { } render)
        {
            _ends.Enqueue(render, render.StartedAt + render.RenderMs);
            if (now >= _scenario.WarmUpMs)
            {
                _waits.Add(render.StartedAt - render.ArrivedAt);
                _warm += render.IsWarm ? 1 : 0;
                _busyMs += render.StartedAt - now + render.RenderMs;
            }
        }
    }

    private void Report()
    {
        LiveServer[] reported = [.. _servers.Select((server, i) => new LiveServer(Record(server, i), Warm(server), 0))];
        foreach (var manager in _managers)
        {
            manager.Read(reported);
        }
    }

    private ServerRecord Record(SimServer server, int number) => new()
    {
        Incarnation = $"i{number}",
        Name = $"prerender-{number}",
        Url = "http://127.0.0.1:1",
        State = ServerState.Ready,
        Version = 1,
        Slots = _scenario.Slots,
        RendersPerAffinity = _scenario.RendersPerAffinity,
        Free = server.Free,
        Queue = server.Queued,
        RecentRenderMs = server.RecentRenderMs,
        RecentBootMs = server.RecentBootMs,
    };

    private HashSet<string> Warm(SimServer server)
    {
        var warm = new HashSet<string>();
        foreach (var page in server.Pages)
        {
            if (page >= 0)
            {
                warm.Add(_names[page]);
            }
        }

        return warm;
    }

    private SimResult Result()
    {
        _waits.Sort();
        var started = Math.Max(1, _waits.Count);
        var waiting = _servers.Sum(server => server.Queued);
        return new(
            (double)_warm / started,
            _waits.Count == 0 ? 0 : _waits[_waits.Count / 2],
            _waits.Count == 0 ? 0 : _waits[(int)(_waits.Count * 0.99)],
            _busyMs / ((_scenario.LengthMs - _scenario.WarmUpMs) * _scenario.Servers * _scenario.Slots),
            started,
            waiting);
    }

    private double LogNormal(double mean, double sigma)
    {
        var normal = Math.Sqrt(-2 * Math.Log(1 - _traffic.NextDouble())) * Math.Cos(2 * Math.PI * _traffic.NextDouble());
        return mean * Math.Exp((sigma * normal) - (sigma * sigma / 2));
    }
}

/// <summary>What came of it.</summary>
internal sealed record SimResult(double WarmRatio, double P50WaitMs, double P99WaitMs, double Busy, int Started, int StillWaiting);
