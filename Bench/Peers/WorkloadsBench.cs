using System.Globalization;
using System.Text;

namespace Fleet.Bench.Peers;

/// <summary>Fleet and its peers under other loads than <see cref="PeersBench"/>: <c>dotnet run -c Release --project Bench -- workloads</c>. One run; compare rows of one workload.</summary>
internal static class WorkloadsBench
{
    private const int Lanes = 2;
    private const int Tenants = 8;
    private const int TenantLanes = 4;
    private const int FirstPages = 100;

    private static readonly TimeSpan s_measured = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_dataDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_loopInterval = TimeSpan.FromSeconds(20);
    private static readonly double[] s_shares = [0.5, 0.8, 0.95];

    private static readonly PeerSystem[] s_systems =
    [
        new("Fleet, host contract", "fleet", "contract"),
        new("Fleet, any app", "fleet", "plain"),
        new("puppeteer-cluster, a context each", "cluster-context", "plain"),
        new("prerender, tuned", "prerender-tuned", "plain"),
    ];

    /// <summary>Measures the systems whose name contains <paramref name="only"/>, or all, and writes a table per workload.</summary>
    /// <param name="only">Part of a name, or several, as in <c>any app|tuned</c>; <c>all</c>.</param>
    public static async Task RunAsync(string only)
    {
        var chosen = s_systems.Where(system => only == "all" || only.Split('|').Any(part => system.Name.Contains(part, StringComparison.OrdinalIgnoreCase))).ToList();
        await PeerSite.BuildAsync(chosen);
        var rows = new List<(string Workload, PeerRow Row)>();
        foreach (var system in chosen)
        {
            await foreach (var (workload, row) in MeasureAsync(system))
            {
                Console.Error.WriteLine($"{workload}: {row}");
                rows.Add((workload, row));
            }
        }

        Console.WriteLine(Table(rows));
    }

    private static async IAsyncEnumerable<(string Workload, PeerRow Row)> MeasureAsync(PeerSystem system)
    {
        await using var site = await PeerSite.StartAsync(system.App);
        await using (var peer = await PeerProcess.StartAsync(system, PeerSite.Folder, [site.Url], Lanes))
        {
            yield return (string.Create(CultureInfo.InvariantCulture, $"the first {FirstPages} pages of a process, or its first {s_measured.TotalSeconds} s"),
                await PeerLoad.MeasureAsync(system, peer, () => PeerLoad.ClosedAsync(peer, Lanes, s_measured, limit: FirstPages)));

            var warm = await PeerLoad.MeasureAsync(system, peer, () => PeerLoad.ClosedAsync(peer, Lanes, s_measured));
            yield return ("two pages at a time", warm);

            yield return (string.Create(CultureInfo.InvariantCulture, $"two pages at a time, and every {s_loopInterval.TotalSeconds} s one more page, which computes for ever"),
                await PeerLoad.MeasureAsync(system, peer, () => BesideLoopsAsync(peer)));

            foreach (var share in s_shares)
            {
                yield return (string.Create(CultureInfo.InvariantCulture, $"at random times, {share:P0} of the rate with two at a time"),
                    await PeerLoad.MeasureAsync(system, peer, () => PeerLoad.OpenAsync(peer, share * warm.PerSecond, s_measured)));
            }

            // The app that keeps the contract is served by the fleet itself, and so is its data.
            if (system.App == "plain")
            {
                site.DataDelay = s_dataDelay;
                yield return (string.Create(CultureInfo.InvariantCulture, $"two pages at a time, the app's data takes {s_dataDelay.TotalMilliseconds} ms"),
                    await PeerLoad.MeasureAsync(system, peer, () => PeerLoad.ClosedAsync(peer, Lanes, s_measured)));
                site.DataDelay = TimeSpan.Zero;
            }
        }

        if (system.App == "plain")
        {
            var sites = await Task.WhenAll(Enumerable.Range(0, Tenants).Select(_ => PeerSite.StartAsync(system.App)));
            await using (var peer = await PeerProcess.StartAsync(system, PeerSite.Folder, [.. sites.Select(tenant => tenant.Url)], TenantLanes))
            {
                // Every site is rendered once before.
                await PeerLoad.ClosedAsync(peer, TenantLanes, TimeSpan.FromMinutes(1), number => number - 1, Tenants);
                yield return ($"{Tenants} sites (Zipf), {TenantLanes} pages at a time",
                    await PeerLoad.MeasureAsync(system, peer, () => PeerLoad.ClosedAsync(peer, TenantLanes, 2 * s_measured, Zipf())));
            }

            await Task.WhenAll(sites.Select(tenant => tenant.DisposeAsync().AsTask()));
        }
    }

    private static async Task<PeerTimes> BesideLoopsAsync(PeerProcess peer)
    {
        using var ended = new CancellationTokenSource();
        var loops = LoopsAsync();
        var times = await PeerLoad.ClosedAsync(peer, Lanes, 2 * s_loopInterval);
        await ended.CancelAsync();
        await loops;
        return times;

        async Task LoopsAsync()
        {
            var asked = new List<Task>();
            while (!ended.IsCancellationRequested)
            {
                asked.Add(peer.AskForLoopAsync(asked.Count));
                await Task.Delay(s_loopInterval, ended.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
            }

            await Task.WhenAll(asked);
        }
    }

    /// <summary>Index of a site for the page with a number: the site at place n is asked for 1/n as often as the first. The same sequence for each system.</summary>
    private static Func<int, int> Zipf()
    {
        var random = new Random(1);
        var weights = Enumerable.Range(1, Tenants).Select(place => 1.0 / place).ToArray();
        var sequence = Enumerable.Range(0, 10_000).Select(_ =>
        {
            var (left, site) = (random.NextDouble() * weights.Sum(), 0);
            while (left > weights[site])
            {
                left -= weights[site++];
            }

            return site;
        }).ToArray();
        return number => sequence[number % sequence.Length];
    }

    private static string Table(List<(string Workload, PeerRow Row)> rows)
    {
        var text = new StringBuilder("""
            | workload | system | renders/s | p50 ms | p95 ms | p99 ms | CPU ms | PSS MB | failed |
            |---|---|---|---|---|---|---|---|---|

            """);
        foreach (var workload in rows.GroupBy(entry => entry.Workload))
        {
            foreach (var (_, row) in workload)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"| {workload.Key} {row} {row.Failed} |");
            }
        }

        return text.ToString();
    }
}
