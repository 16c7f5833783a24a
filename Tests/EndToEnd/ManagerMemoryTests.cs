using System.Globalization;
using System.Net.Http.Json;
using Fleet.Contracts;
using Fleet.ServiceDefaults.Options;
using Fleet.Registry;
using Fleet.Registry.Realms;
using Fleet.Registry.Servers;
using Fleet.Tests.Manager;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using RedisServer = Fleet.Tests.Processes.RedisServer;

namespace Fleet.Tests.EndToEnd;

/// <summary>A manager as a separate process, between a server that sends large results and callers that read them.</summary>
public sealed class ManagerMemoryTests : IDisposable
{
    private const int Callers = 16;
    private const int ResultBytes = 30 * 1024 * 1024;
    private const int ChunkBytes = 512 * 1024;
    private const long MostGrowth = 200L * 1024 * 1024;
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);
    private readonly HttpClient _client = new() { Timeout = s_limit };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_ManyLargeResultsAtOnce_NeverHoldsThem()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await FakeServer.StartAsync("prerender-0");
        var everybodyReads = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Answer = (http, _) => SendAsync(http, everybodyReads.Task);
        var topology = new Topology(new Uri(ManagerUnderTest.Host), new Uri(ManagerUnderTest.Host), [], redis.ConnectionString, FleetFixture.AdminKey);
        await using var manager = await ServiceProcess.StartAsync("manager", "Fleet.Manager", topology, [], new FleetLog());
        var address = manager.Address;
        await using var registry = await RegistryAsync(redis, server);
        var before = PeakBytes(manager.Id);

        var bodies = await Task.WhenAll(Enumerable.Range(0, Callers).Select(number => BeginAsync(address, number)));
        // Each caller has the beginning of its result, and none has the end.
        everybodyReads.SetResult();
        var totals = await Task.WhenAll(bodies.Select(CountAsync));

        Assert.All(totals, total => Assert.Equal(ResultBytes, total));
        var growth = PeakBytes(manager.Id) - before;
        Assert.True(growth < MostGrowth, $"{Callers} results of {ResultBytes} bytes made the manager grow by {growth} bytes, more than {MostGrowth}.");
    }

    public void Dispose() => _client.Dispose();

    private static async Task<ServiceProvider> RegistryAsync(RedisServer redis, FakeServer server)
    {
        var connection = await ConnectionMultiplexer.ConnectAsync($"{redis.ConnectionString},allowAdmin=true");
        var services = new ServiceCollection().AddLogging().AddSingleton<IConnectionMultiplexer>(connection).AddFleetRegistry()
            .Configure<FleetOptions>(options => options.AdminKey = FleetFixture.AdminKey).BuildServiceProvider();
        await services.GetRequiredService<IRealmDirectory>().AnnounceAsync("realm-0", [new RealmRecord(ManagerUnderTest.Realm, "Elements")], Token);
        await services.GetRequiredService<IServerRegistry>().AnnounceAsync(server.Record(ServerState.Ready, slots: Callers), Token);
        return services;
    }

    private async Task<Stream> BeginAsync(Uri manager, int number)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(manager, "renders"))
        {
            Content = JsonContent.Create(new RenderRequest { Url = ManagerUnderTest.Card + number, DeadlineMs = 60_000 }, options: FleetJson.Options),
        };
        var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStreamAsync(Token);
    }

    private static async Task SendAsync(HttpContext http, Task everybodyReads)
    {
        http.Response.Headers[FleetHeaders.Outcome] = "rendered";
        http.Response.Headers[FleetHeaders.PageStatus] = 200.ToString(CultureInfo.InvariantCulture);
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = ResultBytes;
        var chunk = new byte[ChunkBytes];
        for (var sent = 0; sent < ResultBytes; sent += ChunkBytes)
        {
            await http.Response.Body.WriteAsync(chunk, http.RequestAborted);
            if (sent == 4 * ChunkBytes)
            {
                await everybodyReads.WaitAsync(http.RequestAborted);
            }
        }
    }

    private static async Task<long> CountAsync(Stream body)
    {
        await using (body)
        {
            var (buffer, total) = (new byte[ChunkBytes], 0L);
            for (var count = await body.ReadAsync(buffer, Token); count > 0; count = await body.ReadAsync(buffer, Token))
            {
                total += count;
            }

            return total;
        }
    }

    private static long PeakBytes(int process) => File.ReadLines($"/proc/{process}/status")
        .Where(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
        .Select(line => 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture))
        .Single();
}
