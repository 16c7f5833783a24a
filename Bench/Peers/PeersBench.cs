using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Fleet.Bench.Rendering;
using Fleet.Bench.Serving;
using Fleet.BrowserSetup;
using Fleet.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;

namespace Fleet.Bench.Peers;

/// <summary>Fleet beside other ways to render the same app, in one run, on the same Chromium: <c>dotnet run -c Release --project Bench -- peers</c>. Needs node and npm.
/// Two requests at a time, closed loop; all systems in turn, three times; the run with the median rate counts. A run in which other work took more than a tenth of the machine is repeated,
/// at most twice.</summary>
internal static class PeersBench
{
    private const int Lanes = 2;
    private const int Repeats = 2;
    private const double ForeignShare = 0.1;

    private static readonly string[] s_isolated = ["isolated"];
    private static readonly string[] s_html = ["html"];

    // The last row of the table, which a page without its data does not have.
    private const string Proof = "<td>119</td>";

    private static readonly Effort s_full = new(3, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(12));
    private static readonly Effort s_smoke = new(1, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
    private static readonly TimeSpan s_startLimit = TimeSpan.FromMinutes(2);

    // Fleet first, since the others are compared with it.
    private static readonly PeerSystem[] s_systems =
    [
        new("Fleet, host contract", "fleet", "contract"),
        new("Fleet, any app", "fleet", "plain"),
        new("Fleet, any app, soft navigation", "fleet", "plain") { Settings = ["Rendering:SoftNavigation=Auto"] },
        new("floor: CDP, warm page", "floor", "contract"),
        new("floor: CDP, warm page, no paint", "floor-no-paint", "contract"),
        new("puppeteer, kept page, `goto`, no isolation", "goto", "plain"),
        new("puppeteer, a context each", "context", "plain"),
        new("puppeteer-cluster, a context each", "cluster-context", "plain"),
        new("puppeteer-cluster, pages of one browser", "cluster-page", "plain"),
        new("prerender, tuned", "prerender-tuned", "plain"),
        new("prerender, as installed", "prerender", "plain"),
    ];

    /// <summary>Measures the systems whose key or name contains <paramref name="only"/>, or all, and writes the table.</summary>
    /// <param name="only">Part of a name, or several, as in <c>any app|goto</c>; <c>all</c>; or <c>smoke</c>, which measures all briefly to show that they work.</param>
    /// <param name="output">Folder for the chart, <c>peers.svg</c>; null for none.</param>
    public static async Task RunAsync(string only, string? output)
    {
        var effort = only == "smoke" ? s_smoke : s_full;
        var folder = Path.Combine(AppContext.BaseDirectory, "Peers");
        await NpmAsync(folder, "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error");
        await NpmAsync(folder, "run", "build", "--silent");
        await using var contract = await SiteAsync(Path.Combine(folder, "dist-contract"));
        await using var plain = await SiteAsync(Path.Combine(folder, "dist-plain"));
        var chosen = s_systems.Where(system => only is "all" or "smoke"
            || only.Split('|').Any(part => system.Key.Contains(part, StringComparison.Ordinal) || system.Name.Contains(part, StringComparison.OrdinalIgnoreCase))).ToList();

        var rows = new List<PeerRow>();
        for (var round = 0; round < effort.Rounds; round++)
        {
            foreach (var system in chosen)
            {
                var site = system.App == "plain" ? plain : contract;
                var row = await MeasureAsync(system, folder, new Uri(site.Urls.Single() + "/"), effort);
                for (var repeat = 0; effort != s_smoke && repeat < Repeats && row.ForeignShare > ForeignShare; repeat++)
                {
                    Console.Error.WriteLine($"Repeated: other work took {row.ForeignShare:P0} of the machine.");
                    row = await MeasureAsync(system, folder, new Uri(site.Urls.Single() + "/"), effort);
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

    private static async Task<PeerRow> MeasureAsync(PeerSystem system, string folder, Uri site, Effort effort)
    {
        var (port, own) = (FreePort.TakeAddress().Port, FreePort.TakeAddress());
        using var process = StartProcess(system, folder, port, own.Port, site);
        if (system is { Key: "fleet", App: "contract" })
        {
            // The host contract applies to the app that the fleet itself serves.
            site = own;
        }

        try
        {
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = TimeSpan.FromMinutes(1) };
            await ReadyAsync(system, client, site);
            await LoadAsync(system, client, site, effort.Warmup);
            await LearnAsync(system, client, site);
            var (cpu, machine, start) = (TreeCpu.Milliseconds(), MachineCpu.Milliseconds(), Stopwatch.GetTimestamp());
            var times = await LoadAsync(system, client, site, effort.Measured);
            var took = Stopwatch.GetElapsedTime(start);
            var (used, all) = (TreeCpu.Milliseconds() - cpu, MachineCpu.Milliseconds() - machine);
            var row = new PeerRow(system, times.Count / took.TotalSeconds, At(times, 0.5), At(times, 0.95), At(times, 0.99), used / times.Count, TreeMemory.Of(process.Id) / 1e6, Math.Max(0, all - used) / (took.TotalMilliseconds * Environment.ProcessorCount));
            Console.Error.WriteLine(row);
            return row;
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit(5_000);
        }
    }

    // Fleet keeps one slot for renders that a render causes, so it renders in one page fewer than it has slots.
    private static Process StartProcess(PeerSystem system, string folder, int port, int sitePort, Uri site)
    {
        var start = system.Key == "fleet"
            ? new ProcessStartInfo("dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "Fleet.Standalone.dll"), "serve", "--port", Text(sitePort), "--manager-port", Text(port), "--dist", Path.Combine(folder, $"dist-{system.App}"),
                "--origin", site.GetLeftPart(UriPartial.Authority), "--set", $"Pool:Slots={Text(Lanes + 1)}",
                .. system.Settings.SelectMany(setting => (string[])["--set", setting]),
            ])
            : new ProcessStartInfo("node", [Path.Combine(folder, "peers", "serve.mjs"), system.Key, Text(port), BrowserLocator.Locate(null), Text(Lanes)]);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Debug.WriteLine(line.Data);
        process.ErrorDataReceived += (_, line) => Debug.WriteLine(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task ReadyAsync(PeerSystem system, HttpClient client, Uri site)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await RenderAsync(system, client, site, 0);
                return;
            }
            catch (Exception e) when (e is HttpRequestException or InvalidOperationException or TaskCanceledException)
            {
                if (Stopwatch.GetElapsedTime(start) > s_startLimit)
                {
                    throw new InvalidOperationException($"{system.Name} did not render within {s_startLimit.TotalMinutes:0} min: {e.Message}", e);
                }

                await Task.Delay(200);
            }
        }
    }

    /// <summary>Renders until a system that learns navigates softly.</summary>
    private static async Task LearnAsync(PeerSystem system, HttpClient client, Uri site)
    {
        var start = Stopwatch.GetTimestamp();
        for (var number = 0; system.Settings.Count > 0 && !(await RenderAsync(system, client, site, number)).Contains("\"softNavigation\":true", StringComparison.Ordinal); number++)
        {
            if (Stopwatch.GetElapsedTime(start) > s_startLimit)
            {
                throw new InvalidOperationException($"{system.Name} made no soft navigation within {s_startLimit.TotalMinutes:0} min.");
            }
        }
    }

    private static async Task<List<double>> LoadAsync(PeerSystem system, HttpClient client, Uri site, TimeSpan duration)
    {
        var (start, next) = (Stopwatch.GetTimestamp(), 0);
        var lanes = await Task.WhenAll(Enumerable.Range(0, Lanes).Select(async _ =>
        {
            var times = new List<double>();
            while (Stopwatch.GetElapsedTime(start) < duration)
            {
                var began = Stopwatch.GetTimestamp();
                await RenderAsync(system, client, site, Interlocked.Increment(ref next));
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }

            return times;
        }));
        return [.. lanes.SelectMany(times => times).Order()];
    }

    private static async Task<string> RenderAsync(PeerSystem system, HttpClient client, Uri site, int number)
    {
        var url = new Uri(site, $"page?n={Text(number)}").AbsoluteUri;
        using var response = (system.Key, system.App) switch
        {
            ("fleet", "contract") => await client.PostAsJsonAsync("renders", new { url, formats = s_isolated }),
            ("fleet", _) => await client.PostAsJsonAsync("renders", new { url, formats = s_html }),
            ("prerender" or "prerender-tuned", _) => await client.GetAsync($"render?url={Uri.EscapeDataString(url)}"),
            _ => await client.GetAsync($"?url={Uri.EscapeDataString(url)}"),
        };
        var body = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode || !body.Contains(Proof, StringComparison.Ordinal) || !body.Contains($"Page {Text(number)}<", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"{system.Name} answered {(int)response.StatusCode} without page {number}: {body[..Math.Min(300, body.Length)]}");
        }

        return body;
    }

    private static async Task<WebApplication> SiteAsync(string dist)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = new PhysicalFileProvider(dist),
            OnPrepareResponse = static file => file.Context.Response.Headers.CacheControl = file.File.Name.StartsWith("app-", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache",
        });
        app.MapFallback(() => Results.File(Path.Combine(dist, "index.html"), "text/html; charset=utf-8"));
        await app.StartAsync();
        return app;
    }

    private static async Task NpmAsync(string folder, params string[] arguments)
    {
        using var npm = Process.Start(new ProcessStartInfo("npm", arguments) { WorkingDirectory = folder })!;
        await npm.WaitForExitAsync();
        if (npm.ExitCode != 0)
        {
            throw new InvalidOperationException($"npm {string.Join(' ', arguments)} ended with {npm.ExitCode}.");
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static double At(List<double> sorted, double share) => sorted[(int)(share * (sorted.Count - 1))];

    private sealed record Effort(int Rounds, TimeSpan Warmup, TimeSpan Measured);
}
