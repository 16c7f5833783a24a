using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Fleet.Bench.Overhead;
using Fleet.Bench.Serving;
using Fleet.Contracts;
using Fleet.Registry;
using Fleet.Registry.Servers;
using Fleet.ServiceDefaults.Options;
using Fleet.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Fleet.Bench.Scale;

/// <summary>What a large fleet costs Redis and its managers, and what a manager then adds to a render: <c>dotnet run -c Release --project Bench -- scale [servers] [affinities]</c>, by
/// default 1,000 servers with 10,000 warm affinities. The servers are simulated: they announce themselves to a real redis-server as real ones do, and answer renders with a constant. The two managers are
/// processes.</summary>
internal static class ScaleBench
{
    private const int Managers = 2;
    private const int Slots = 8;
    private const string Shell = "0123456789abcdef0123456789abcdef";
    private const string Site = "http://127.0.0.1:9";
    private const string AdminKey = "scale-bench-key-of-at-least-32-characters";

    private static readonly TimeSpan s_warmup = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_renderTime = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_startLimit = TimeSpan.FromMinutes(1);

    public static async Task RunAsync(int servers, int affinities)
    {
        await using var endpoints = await OverheadBench.StartServerAsync(servers, static () => s_renderTime);
        using var redis = await BenchRedis.StartAsync();
        using var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString + ",allowAdmin=true");
        await using var registry = new ServiceCollection().AddLogging().AddSingleton<IConnectionMultiplexer>(connection)
            .Configure<FleetOptions>(options => options.AdminKey = AdminKey).AddFleetRegistry().BuildServiceProvider();
        var fleet = new SimulatedFleet([.. endpoints.Urls], affinities, registry.GetRequiredService<IServerRegistry>(), registry.GetRequiredService<IWarmAffinities>());
        await fleet.AnnounceAllAsync();

        var processes = new List<(Process Process, Uri Address)>();
        using var end = new CancellationTokenSource();
        var announcing = fleet.RunAsync(end.Token);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => processes.ForEach(static manager => manager.Process.Kill());
        try
        {
            for (var i = 0; i < Managers; i++)
            {
                processes.Add(StartManager(redis));
            }

            await Task.WhenAll(processes.Select(manager => ReadyAsync(manager.Address, servers)));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{servers} servers, {affinities} warm affinities, {Managers} managers:\n"));
            Console.WriteLine("| each server announces itself | Redis commands/s | to Redis kB/s | from Redis kB/s | CPU of a manager | memory of a manager MB |");
            Console.WriteLine("|---|---|---|---|---|---|");
            foreach (var interval in (TimeSpan[])[RegistryTtl.Repeat, TimeSpan.FromSeconds(1)])
            {
                fleet.Interval = interval;
                await Task.Delay(s_warmup);
                await MeasureAsync(connection, redis.Port, processes.ConvertAll(manager => manager.Process), interval);
            }

            Console.WriteLine($"\nRenders of {s_renderTime.TotalMilliseconds:0} ms beside the second row:\n");
            Console.WriteLine("| in flight | straight p50 | straight p99 | manager p50 | manager p99 | CPU of the manager per render |");
            Console.WriteLine("|---|---|---|---|---|---|");
            // The first renders compile the way, and connect to each server.
            await RendersAsync(processes[0].Address, affinities, 64, 3 * servers);
            foreach (var inFlight in (int[])[16, 256])
            {
                var renders = 1_000 + (20 * inFlight);
                var straight = await RendersAsync(new Uri(endpoints.Urls.First()), affinities, inFlight, renders);
                List<Process> manager = [processes[0].Process];
                var cpu = Cpu(manager);
                var through = await RendersAsync(processes[0].Address, affinities, inFlight, renders);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"| {inFlight} | {straight.P50:F2} ms | {straight.P99:F2} ms | {through.P50:F2} ms | {through.P99:F2} ms | {(Cpu(manager) - cpu).TotalMilliseconds / renders:F2} ms |"));
            }
        }
        finally
        {
            processes.ForEach(static manager => manager.Process.Kill());
            await end.CancelAsync();
            await announcing;
        }
    }

    private static (Process Process, Uri Address) StartManager(BenchRedis redis)
    {
        var address = FreePort.TakeAddress();
        var start = new ProcessStartInfo("dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "Fleet.Manager.dll"), $"--urls={address}", "--environment=Development", $"--ConnectionStrings:redis={redis.ConnectionString}",
            $"--Fleet:AllowedOrigins:0={Site}", $"--services:realm:http:0={Site}",
        ])
        { RedirectStandardOutput = true };
        start.Environment["Fleet__AdminKey"] = AdminKey;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Debug.WriteLine(line.Data);
        process.BeginOutputReadLine();
        return (process, address);
    }

    private static async Task ReadyAsync(Uri manager, int servers)
    {
        using var client = Client(manager);
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < s_startLimit)
        {
            try
            {
                using var status = JsonDocument.Parse(await client.GetByteArrayAsync("fleet"));
                if (status.RootElement.GetProperty("servers").GetArrayLength() == servers)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It starts.
            }

            await Task.Delay(200);
        }

        throw new InvalidOperationException($"The manager at {manager} did not list {servers} servers within {s_startLimit.TotalMinutes:0} min.");
    }

    private static async Task MeasureAsync(ConnectionMultiplexer connection, int port, List<Process> managers, TimeSpan interval)
    {
        var (before, cpu, start) = (await StatsAsync(connection, port), Cpu(managers), Stopwatch.GetTimestamp());
        await Task.Delay(s_window);
        var (after, used, seconds) = (await StatsAsync(connection, port), Cpu(managers) - cpu, Stopwatch.GetElapsedTime(start).TotalSeconds);
        double Rate(string name) => (after[name] - before[name]) / seconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| every {interval.TotalSeconds:0} s | {Rate("total_commands_processed"):n0} | {Rate("total_net_input_bytes") / 1e3:n0} | {Rate("total_net_output_bytes") / 1e3:n0} | {used.TotalSeconds / seconds / managers.Count:P1} of a core | {managers.Average(manager => manager.WorkingSet64) / 1e6:n0} |"));
    }

    private static async Task<Dictionary<string, long>> StatsAsync(ConnectionMultiplexer connection, int port) =>
        (await connection.GetServer("127.0.0.1", port).InfoAsync("stats")).SelectMany(static section => section)
            .Where(static pair => pair.Key.StartsWith("total_", StringComparison.Ordinal) && !pair.Key.Contains("time", StringComparison.Ordinal))
            .Where(static pair => long.TryParse(pair.Value, CultureInfo.InvariantCulture, out _))
            .ToDictionary(static pair => pair.Key, static pair => long.Parse(pair.Value, CultureInfo.InvariantCulture));

    private static TimeSpan Cpu(List<Process> processes)
    {
        processes.ForEach(static process => process.Refresh());
        return processes.Aggregate(TimeSpan.Zero, static (sum, process) => sum + process.TotalProcessorTime);
    }

    private static async Task<(double P50, double P99, double Cpu)> RendersAsync(Uri address, int affinities, int inFlight, int renders)
    {
        using var client = Client(address);
        return await OverheadBench.MeasureAsync(client, inFlight, renders, number => new() { Url = $"{Site}/", Affinity = SimulatedFleet.AffinityOf(number % affinities) });
    }

    private static HttpClient Client(Uri address)
    {
        var client = new HttpClient { BaseAddress = address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
        return client;
    }

    /// <summary>Servers that announce themselves, spread evenly over each interval.</summary>
    private sealed class SimulatedFleet(IReadOnlyList<string> urls, int affinities, IServerRegistry registry, IWarmAffinities warm)
    {
        private long _version;

        /// <summary>How often each server announces itself.</summary>
        public TimeSpan Interval { get; set; } = RegistryTtl.Repeat;

        public static string AffinityOf(int number) => string.Create(CultureInfo.InvariantCulture, $"user:{number}");

        public async Task AnnounceAllAsync()
        {
            foreach (var some in Enumerable.Range(0, urls.Count).Chunk(100))
            {
                await Task.WhenAll(some.Select(server => AnnounceAsync(server, writesWarm: true)));
            }
        }

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            using var timer = new PeriodicTimer(s_tick);
            var (due, next) = (0d, 0);
            var warmWritten = new long[urls.Count];
            try
            {
                while (await timer.WaitForNextTickAsync(cancellationToken))
                {
                    due += urls.Count * (s_tick / Interval);
                    var now = new List<Task>();
                    for (; due >= 1; due--, next = (next + 1) % urls.Count)
                    {
                        // A real server writes its warm list again with the first heartbeat after half of the interval.
                        var writesWarm = Stopwatch.GetElapsedTime(warmWritten[next]) >= RegistryTtl.Repeat / 2;
                        warmWritten[next] = writesWarm ? Stopwatch.GetTimestamp() : warmWritten[next];
                        now.Add(AnnounceAsync(next, writesWarm));
                    }

                    try
                    {
                        await Task.WhenAll(now);
                    }
                    catch (RegistryUnavailableException e)
                    {
                        // As a real server: it announces itself again.
                        await Console.Error.WriteLineAsync(e.Message);
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // The measurement is over.
            }
        }

        private async Task AnnounceAsync(int server, bool writesWarm)
        {
            var incarnation = string.Create(CultureInfo.InvariantCulture, $"incarnation-{server}");
            var version = Interlocked.Increment(ref _version);
            await registry.AnnounceAsync(
                new()
                {
                    Incarnation = incarnation,
                    Name = string.Create(CultureInfo.InvariantCulture, $"prerender-{server}"),
                    Url = urls[server],
                    State = ServerState.Ready,
                    Version = version,
                    Slots = Slots,
                    Free = (int)(version % Slots),
                    RecentRenderMs = 100,
                    RecentBootMs = 300,
                    SlotStates = [.. Enumerable.Range(0, Slots).Select(slot => new SlotStatus(slot, "idle") { Affinity = AffinityOf(server + (slot * urls.Count)), AgeSeconds = 60, Renders = 100, MemoryMb = 30, Shell = Shell })],
                    Shells = new Dictionary<string, int> { [Shell] = Slots },
                    MemoryMb = 900,
                    Browser = "HeadlessChrome/156.0.0.0",
                },
                CancellationToken.None);
            if (writesWarm)
            {
                await warm.ReplaceAsync(incarnation, Enumerable.Range(0, affinities).Where(affinity => affinity % urls.Count == server).Select(AffinityOf).ToHashSet(), CancellationToken.None);
            }
        }
    }
}
