namespace Fleet.Bench.Peers;

/// <summary>Fleet beside other ways to render the same app, in one run, on the same Chromium: <c>dotnet run -c Release --project Bench -- peers</c>. Needs node and npm.
/// Two requests at a time, closed loop; all systems in turn, three times; the run with the median rate counts. A run in which other work took more than a tenth of the machine is repeated,
/// at most twice.</summary>
internal static class PeersBench
{
    private const int Lanes = 2;
    private const int Repeats = 2;
    private const double ForeignShare = 0.1;

    private static readonly Effort s_full = new(3, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(12));
    private static readonly Effort s_smoke = new(1, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));

    // Fleet first, since the others are compared with it.
    private static readonly PeerSystem[] s_systems =
    [
        new("Fleet, host contract", "fleet", "contract"),
        new("Fleet, any app", "fleet", "plain"),
        new("Fleet, any app, soft navigation", "fleet", "plain") { Settings = ["Rendering:SoftNavigation=Auto"] },
        new("Fleet, host contract, services apart: 1 server, Garnet", "fleet", "contract") { Servers = 1 },
        new("Fleet, host contract, services apart: 2 servers, redis-server", "fleet", "contract") { Servers = 2, Store = PeerStore.RedisServer },
        new("Fleet, any app, services apart: 2 servers, redis-server", "fleet", "plain") { Servers = 2, Store = PeerStore.RedisServer },
        new("floor: CDP, warm page", "floor", "contract"),
        new("floor: CDP, warm page, no paint", "floor-no-paint", "contract"),
        new("puppeteer, kept page, `goto`, no isolation", "goto", "plain"),
        new("puppeteer, a context each", "context", "plain"),
        new("puppeteer-cluster, a context each", "cluster-context", "plain"),
        new("puppeteer-cluster, pages of one browser", "cluster-page", "plain"),
        new("prerender, tuned", "prerender-tuned", "plain"),
        new("prerender, as installed", "prerender", "plain"),
        new("browserless, a browser each", "browserless", "plain"),
    ];

    /// <summary>Measures the systems whose key or name contains <paramref name="only"/>, or all, and writes the table.</summary>
    /// <param name="only">Part of a name, or several, as in <c>any app|goto</c>; <c>all</c>; or <c>smoke</c>, which measures all briefly to show that they work.</param>
    /// <param name="output">Folder for the chart, <c>peers.svg</c>; null for none.</param>
    public static async Task RunAsync(string only, string? output)
    {
        var effort = only == "smoke" ? s_smoke : s_full;
        var chosen = s_systems.Where(system => only is "all" or "smoke"
            || only.Split('|').Any(part => system.Key.Contains(part, StringComparison.Ordinal) || system.Name.Contains(part, StringComparison.OrdinalIgnoreCase))).ToList();
        await PeerSite.BuildAsync(chosen);
        await using var contract = await PeerSite.StartAsync("contract");
        await using var plain = await PeerSite.StartAsync("plain");

        var rows = new List<PeerRow>();
        for (var round = 0; round < effort.Rounds; round++)
        {
            foreach (var system in chosen)
            {
                var site = system.App == "plain" ? plain : contract;
                var row = await MeasureAsync(system, site, effort);
                // A browser of browserless ends with its page, and nobody collects its processor time: it counts as foreign.
                for (var repeat = 0; effort != s_smoke && system.Key != "browserless" && repeat < Repeats && row.ForeignShare > ForeignShare; repeat++)
                {
                    Console.Error.WriteLine($"Repeated: other work took {row.ForeignShare:P0} of the machine.");
                    row = await MeasureAsync(system, site, effort);
                }

                rows.Add(row);
            }
        }

        var medians = chosen.Select(system => PeerRow.Median(rows.Where(row => row.System == system))).ToList();
        var report = PeerReport.Table(medians);
        Console.WriteLine(report);
        if (output is not null)
        {
            await File.WriteAllTextAsync(Path.Combine(output, "peers.svg"), PeerReport.Chart(medians));
        }
    }

    private static async Task<PeerRow> MeasureAsync(PeerSystem system, PeerSite site, Effort effort)
    {
        await using var peer = await PeerProcess.StartAsync(system, PeerSite.Folder, [site.Url], Lanes);
        await PeerLoad.ClosedAsync(peer, Lanes, effort.Warmup);
        await peer.LearnAsync();
        var row = await PeerLoad.MeasureAsync(system, peer, () => PeerLoad.ClosedAsync(peer, Lanes, effort.Measured));
        Console.Error.WriteLine(row);
        return row.Failed == 0 ? row : throw new InvalidOperationException($"{system.Name} did not render {row.Failed} pages.");
    }

    private sealed record Effort(int Rounds, TimeSpan Warmup, TimeSpan Measured);
}
