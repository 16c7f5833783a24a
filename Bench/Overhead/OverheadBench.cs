using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Manager;
using Fleet.Registry;
using Fleet.Tests.InMemory;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Bench.Overhead;

/// <summary>What the manager adds to a render: the same renders straight to a server, and through the manager. Once with renders that take as long as
/// a real one, for the latency that callers see, and once with such that take no time, for what the machine can do when nothing else limits it.</summary>
internal static class OverheadBench
{
    private static readonly TimeSpan s_renderTime = TimeSpan.FromMilliseconds(100);
    private const string Realm = "http://127.0.0.1:9/elements/";

    public static async Task RunAsync()
    {
        var takes = s_renderTime;
        await using var server = await StartServerAsync(1, () => takes);
        var registry = new InMemoryRegistry(TimeProvider.System, NullLoggerFactory.Instance);
        await registry.Realms.AnnounceAsync("realm-0", [new RealmRecord(Realm, "Elements")], CancellationToken.None);
        await registry.Servers.AnnounceAsync(Record(server.Urls.Single()), CancellationToken.None);
        await using var manager = ManagerApp.Build(
            ["--urls=http://127.0.0.1:0", "--Fleet:AdminKey=overhead-bench-key-of-32-characters", "--services:realm:http:0=http://127.0.0.1:9"],
            builder =>
            {
                builder.Logging.SetMinimumLevel(LogLevel.Error);
                builder.Services.AddFleetRegistry(registry);
            });
        await manager.StartAsync();
        using var keepAlive = new PeriodicTimer(RegistryTtl.Repeat);
        using var end = new CancellationTokenSource();
        var beating = BeatAsync(keepAlive, registry, server.Urls.Single(), end.Token);

        await MeasureAsync(server.Urls.Single(), 256, 20_000);
        await MeasureAsync(manager.Urls.Single(), 256, 20_000);
        foreach (var (time, each) in new[] { (s_renderTime, 200), (TimeSpan.Zero, 20_000) })
        {
            takes = time;
            Console.WriteLine($"A render takes {takes.TotalMilliseconds:F0} ms:\n");
            Console.WriteLine("| in flight | straight p50 | straight p99 | manager p50 | manager p99 | adds p50 | adds p99 | CPU that it adds |");
            Console.WriteLine("|---|---|---|---|---|---|---|---|");
            foreach (var inFlight in new[] { 1, 16, 256 })
            {
                var renders = takes == TimeSpan.Zero ? each : each + (50 * inFlight);
                var straight = await MeasureAsync(server.Urls.Single(), inFlight, renders);
                var through = await MeasureAsync(manager.Urls.Single(), inFlight, renders);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"| {inFlight} | {straight.P50:F2} ms | {straight.P99:F2} ms | {through.P50:F2} ms | {through.P99:F2} ms | {through.P50 - straight.P50:F2} ms | {through.P99 - straight.P99:F2} ms | {through.Cpu - straight.Cpu:F2} ms |"));
            }

            Console.WriteLine();
        }

        await end.CancelAsync();
        await beating;
        await manager.StopAsync();
        await server.StopAsync();
    }

    private static async Task<(double P50, double P99, double Cpu)> MeasureAsync(string address, int inFlight, int renders)
    {
        using var client = new HttpClient { BaseAddress = new Uri(address) };
        return await MeasureAsync(client, inFlight, renders, static number => new() { Url = string.Create(CultureInfo.InvariantCulture, $"{Realm}{number}") });
    }

    /// <summary>Latencies in milliseconds, and the processor time of this process per render in milliseconds.</summary>
    /// <param name="client">Calls the server or the manager.</param>
    /// <param name="inFlight">Number of renders at the same time.</param>
    /// <param name="renders">Number of renders.</param>
    /// <param name="request">Creates the request of each number.</param>
    internal static async Task<(double P50, double P99, double Cpu)> MeasureAsync(HttpClient client, int inFlight, int renders, Func<int, RenderRequest> request)
    {
        var next = 0;
        var times = new double[renders];
        using var self = Process.GetCurrentProcess();
        var cpu = self.TotalProcessorTime;
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(async _ =>
        {
            for (var number = Interlocked.Increment(ref next) - 1; number < renders; number = Interlocked.Increment(ref next) - 1)
            {
                using var body = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(request(number), FleetJson.Options));
                body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                var started = Stopwatch.GetTimestamp();
                using var response = await client.PostAsync("/renders", body);
                response.EnsureSuccessStatusCode();
                await response.Content.CopyToAsync(Stream.Null);
                times[number] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            }
        }));
        self.Refresh();
        cpu = self.TotalProcessorTime - cpu;
        Array.Sort(times);
        return (times[renders / 2], times[(int)(renders * 0.99)], cpu.TotalMilliseconds / renders);
    }

    /// <summary>Starts a server without a browser, which answers every render with the same 4 kB.</summary>
    /// <param name="addresses">Number of its addresses.</param>
    /// <param name="takes">How long a render takes.</param>
    internal static async Task<WebApplication> StartServerAsync(int addresses, Func<TimeSpan> takes)
    {
        var result = JsonSerializer.SerializeToUtf8Bytes(
            new RenderResult
            {
                Outcome = RenderOutcome.Rendered,
                Url = Realm,
                Status = 200,
                Formats = new Dictionary<RenderFormat, string> { [RenderFormat.Isolated] = new('x', 4096) },
            },
            FleetJson.Options);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            for (var i = 0; i < addresses; i++)
            {
                kestrel.Listen(IPAddress.Loopback, 0);
            }
        });
        var app = builder.Build();
        app.MapPost("/renders", async (HttpContext http) =>
        {
            await http.Request.Body.CopyToAsync(Stream.Null);
            if (takes() is { Ticks: > 0 } time)
            {
                await Task.Delay(time, TimeProvider.System, http.RequestAborted);
            }

            http.Response.Headers[FleetHeaders.Outcome] = "rendered";
            http.Response.Headers[FleetHeaders.PageStatus] = "200";
            http.Response.ContentType = "application/json";
            await http.Response.Body.WriteAsync(result);
        });
        await app.StartAsync();
        return app;
    }

    private static async Task BeatAsync(PeriodicTimer timer, InMemoryRegistry registry, string url, CancellationToken cancellationToken)
    {
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await registry.Servers.AnnounceAsync(Record(url), cancellationToken);
                await registry.Realms.AnnounceAsync("realm-0", [new RealmRecord(Realm, "Elements")], cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The measurement is over.
        }
    }

    private static ServerRecord Record(string url) => new()
    {
        Incarnation = "bench",
        Name = "prerender-0",
        Url = url,
        State = ServerState.Ready,
        Version = 1,
        Slots = 512,
        Free = 512,
        RecentRenderMs = 1,
        RecentBootMs = 1,
    };
}
