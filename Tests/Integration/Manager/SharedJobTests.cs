using System.Collections.Concurrent;
using System.Net.Http.Json;
using Fleet.Contracts;
using Fleet.Manager;
using Fleet.Registry;
using Fleet.Tests.Registry;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Fleet.Tests.Manager;

/// <summary>Two managers that work on one job, on a real store.</summary>
public abstract class SharedJobTests : IAsyncLifetime
{
    private const string Origin = "http://127.0.0.1:9";

    private readonly List<WebApplication> _managers = [];
    private readonly CancellationTokenSource _done = new();
    private RegistryUnderTest _registry = null!;
    private FakeServer _server = null!;
    private Task _heartbeats = Task.CompletedTask;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract string ConnectionString { get; }

    protected abstract Task<RegistryUnderTest> ConnectAsync();

    public async ValueTask InitializeAsync()
    {
        _registry = await ConnectAsync();
        _server = await FakeServer.StartAsync("prerender-0");
        _heartbeats = HeartbeatAsync();
        for (var i = 0; i < 2; i++)
        {
            var app = ManagerApp.Build(
                ["--urls=http://127.0.0.1:0", $"--Fleet:AdminKey={RedisRegistryUnderTest.AdminKey}", $"--ConnectionStrings:redis={ConnectionString}", $"--Fleet:AllowedOrigins:0={Origin}",
                    "--Fleet:StopNotice=00:00:00", "--Jobs:Concurrency=16", "--Jobs:MaxConcurrency=3"],
                builder => builder.Logging.SetMinimumLevel(LogLevel.Error));
            await app.StartAsync(Token);
            _managers.Add(app);
        }
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _done.CancelAsync();
        await _heartbeats;
        foreach (var manager in _managers)
        {
            await manager.StopAsync(CancellationToken.None);
            await manager.DisposeAsync();
        }

        await _server.DisposeAsync();
        await _registry.DisposeAsync();
        _done.Dispose();
    }

    [Fact]
    public async Task Job_OfTwoManagersOneOfWhichStops_IsSharedAndFinishedByTheOther()
    {
        var (running, most, gate) = (0, 0, new SemaphoreSlim(0));
        var answer = _server.Answer;
        _server.Answer = async (http, request) =>
        {
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            try
            {
                await gate.WaitAsync(http.RequestAborted);
                await answer(http, request);
            }
            finally
            {
                Interlocked.Decrement(ref running);
            }
        };
        using var first = ClientOf(0);
        using var second = ClientOf(1);
        var urls = Enumerable.Range(0, 60).Select(n => $"{Origin}/{n}").ToList();
        var id = await CreateAsync(first, urls);
        await Eventually.TrueAsync(() => Volatile.Read(ref most) == 6, () => $"both managers have 3 URLs in progress each; at most {most} were");

        gate.Release(20);
        await Eventually.TrueAsync(async () => (await JobAsync(second, id)).Done >= 20, () => "20 URLs are done");
        var stopping = _managers[0].StopAsync(Token);
        await Eventually.TrueAsync(() => Volatile.Read(ref running) <= 3, () => $"the first manager cancels its renders; {running} run");
        gate.Release(1_000);
        await stopping;
        await AssertDoneOnceAsync(second, id, urls);
        Assert.Equal(6, most);
    }

    [Fact]
    public async Task Job_ClaimedByAManagerThatIsGone_IsTakenOverAfterItsLease()
    {
        // Before the managers see it.
        var (running, gate) = (new ConcurrentQueue<string>(), new SemaphoreSlim(0));
        var answer = _server.Answer;
        _server.Answer = async (http, request) =>
        {
            running.Enqueue(request.Url);
            await gate.WaitAsync(http.RequestAborted);
            await answer(http, request);
        };
        using var client = ClientOf(0);
        var urls = Enumerable.Range(0, 20).Select(n => $"{Origin}/{n}").ToList();
        var id = await CreateAsync(client, urls);
        await Eventually.TrueAsync(() => running.Count >= 6, () => "both managers are busy");
        var lost = await _registry.Jobs.ClaimAsync(id, "gone", 5, 100, TimeSpan.FromSeconds(2), Token);
        Assert.Equal(5, lost.Count);

        gate.Release(1_000);
        await AssertDoneOnceAsync(client, id, urls);
        Assert.False(await _registry.Jobs.CompleteAsync(id, lost[0], new() { Url = lost[0].Item.Url, Outcome = JobUrlOutcome.Failed }, long.MaxValue, TimeSpan.FromHours(1), Token));
    }

    private static void InterlockedMax(ref int most, int now)
    {
        for (var seen = Volatile.Read(ref most); now > seen; seen = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, now, seen);
        }
    }

    private static async Task<string> CreateAsync(HttpClient client, List<string> urls)
    {
        using var response = await client.PostAsJsonAsync("/jobs", new { urls }, Token);
        Assert.True((int)response.StatusCode == 202, await response.Content.ReadAsStringAsync(Token));
        return (await response.Content.ReadFromJsonAsync<JobStatus>(FleetJson.Options, Token))!.Id;
    }

    private static async Task<JobStatus> JobAsync(HttpClient client, string id) => (await client.GetFromJsonAsync<JobStatus>($"/jobs/{id}", FleetJson.Options, Token))!;

    private static async Task AssertDoneOnceAsync(HttpClient client, string id, List<string> urls)
    {
        JobStatus job = null!;
        await Eventually.TrueAsync(async () => (job = await JobAsync(client, id)).EndedAt is not null, TimeSpan.FromMinutes(2), () => $"the end of {job}");
        Assert.Equal((JobState.Completed, urls.Count, urls.Count), (job.State, job.Total, job.Succeeded));
        var results = await client.GetFromJsonAsync<JobResults>($"/jobs/{id}/results?limit=1000", FleetJson.Options, Token);
        Assert.Equal(urls.Order(StringComparer.Ordinal), results!.Results.Select(result => result.Url).Order(StringComparer.Ordinal));
    }

    private HttpClient ClientOf(int manager)
    {
        var client = new HttpClient { BaseAddress = new(_managers[manager].Urls.Single()) };
        client.DefaultRequestHeaders.Authorization = new("Bearer", RedisRegistryUnderTest.AdminKey);
        return client;
    }

    private async Task HeartbeatAsync()
    {
        while (!_done.IsCancellationRequested)
        {
            try
            {
                await _registry.Servers.AnnounceAsync(_server.Record(ServerState.Ready, slots: 8), CancellationToken.None);
            }
            catch (RegistryUnavailableException)
            {
                // On a busy machine a call may take longer than its timeout; the next one follows.
            }

            await Task.Delay(TimeSpan.FromSeconds(2), _done.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

[Collection(RedisCollection.Name)]
public sealed class RedisSharedJobTests(RedisCollection.Server redis) : SharedJobTests
{
    protected override string ConnectionString => redis.ConnectionString;

    protected override Task<RegistryUnderTest> ConnectAsync() => redis.ConnectAsync();
}

[Collection(GarnetCollection.Name)]
public sealed class GarnetSharedJobTests(GarnetCollection.Server garnet) : SharedJobTests
{
    protected override string ConnectionString => garnet.ConnectionString;

    protected override Task<RegistryUnderTest> ConnectAsync() => garnet.ConnectAsync();
}
