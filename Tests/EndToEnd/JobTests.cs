using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Fleet.Contracts;
using Fleet.Tests.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fleet.Tests.EndToEnd;

/// <summary>A job on a fleet of two managers and two prerender servers, of which one each is killed, as is Redis, which has a log. <c>FLEET_JOB_URLS=10000</c> makes it a long one.</summary>
public sealed class JobTests : IAsyncLifetime
{
    private static readonly int s_urls = int.TryParse(Environment.GetEnvironmentVariable("FLEET_JOB_URLS"), out var urls) ? urls : 100;

    // Limit of one step: a quarter of a second for each URL is generous.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(8) + (s_urls * TimeSpan.FromSeconds(0.25));

    private readonly ConcurrentDictionary<string, int> _visits = new();
    private WebApplication _site = null!;
    private RedisServer _redis = null!;
    private FleetUnderTest _fleet = null!;
    private Dictionary<string, string> _settings = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        _site = builder.Build();
        _site.MapGet("/{page}", (string page) =>
        {
            _visits.AddOrUpdate(page, 1, static (_, visits) => visits + 1);
            return Results.Content($"<!doctype html><title>{page}</title><p id=app></p><script>document.getElementById('app').textContent = 'page {page}'</script>", "text/html");
        });
        await _site.StartAsync(Token);
        _redis = await RedisServer.StartAsync(hasLog: true);
        _settings = new()
        {
            ["Pool:Slots"] = "2", ["Index:Enabled"] = "false", ["Fleet:AllowedOrigins:0"] = _site.Urls.Single(), ["Jobs:Concurrency"] = "6", ["Jobs:MaxConcurrency"] = "4",
        };
        _fleet = await FleetFixture.StartAsync(prerenderServers: 2, _settings, _redis.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await (_fleet?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_redis?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _site.DisposeAsync();
    }

    [Fact]
    public async Task Job_ManagerServerAndRedisAreKilled_EveryUrlHasOneResult()
    {
        await using var second = await ServiceProcess.StartAsync("manager-1", "Fleet.Manager", _fleet.Processes.Topology, _settings, _fleet.Log);
        using var client = new HttpClient { BaseAddress = second.Address, Timeout = TimeSpan.FromSeconds(30) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", FleetFixture.AdminKey);
        var urls = Enumerable.Range(0, s_urls).Select(n => $"{_site.Urls.Single()}/{n}").ToList();

        using var created = await client.PostAsJsonAsync("/jobs", new { urls, concurrency = 6, render = new { formats = new[] { "html" } } }, Token);
        Assert.True((int)created.StatusCode == 202, await created.Content.ReadAsStringAsync(Token));
        var id = (await created.Content.ReadFromJsonAsync<JobStatus>(FleetJson.Options, Token))!.Id;

        await ReachAsync(s_urls / 20);
        await _fleet.Processes["manager"].KillAsync();
        await ReachAsync(s_urls * 3 / 20);
        await _fleet.Processes["prerender-0"].KillAsync();
        await _fleet.Processes["manager"].StartAsync();
        await ReachAsync(s_urls * 6 / 20);
        await _redis.RestartAsync();
        await _fleet.Processes["prerender-0"].StartAsync();
        await ReachAsync(s_urls * 9 / 20);
        Signals.Send(second.Id, Signals.Kill);
        await Eventually.TrueAsync(() => second.HasExited, s_limit, () => "manager-1 to be dead");
        await second.StartAsync();
        await ReachAsync(s_urls);

        JobStatus job = null!;
        await Eventually.TrueAsync(async () => (job = await JobAsync()).EndedAt is not null, s_limit, () => $"the end of {job}");
        Assert.Equal((JobState.Completed, s_urls, s_urls), (job.State, job.Total, job.Done));
        var results = new List<JobUrlResult>();
        for (var cursor = "0"; cursor is not null;)
        {
            var page = (await client.GetFromJsonAsync<JobResults>($"/jobs/{id}/results?limit=50&cursor={cursor}", FleetJson.Options, Token))!;
            results.AddRange(page.Results);
            cursor = page.Next;
        }

        Assert.Equal(urls.Order(StringComparer.Ordinal), results.Select(result => result.Url).Order(StringComparer.Ordinal));
        Assert.All(results, result => Assert.True(result.Outcome == JobUrlOutcome.Succeeded || result.Reason is not null, result.ToString()));
        Assert.True(results.Count(result => result.Outcome == JobUrlOutcome.Succeeded) >= s_urls - 10, string.Join('\n', results.Where(result => result.Outcome != JobUrlOutcome.Succeeded)));
        Assert.Equal(s_urls, _visits.Count);

        async Task<JobStatus> JobAsync() => (await client.GetFromJsonAsync<JobStatus>($"/jobs/{id}", FleetJson.Options, Token))!;

        Task ReachAsync(int done)
        {
            var seen = 0;
            return Eventually.TrueAsync(async () => (seen = await TryCountAsync()) >= done, s_limit, () => $"{done} URLs done; {seen} are.\n{_fleet.Output}");
        }

        // While Redis is away the answer is a 503.
        async Task<int> TryCountAsync()
        {
            using var response = await client.GetAsync($"/jobs/{id}", Token);
            return response.IsSuccessStatusCode ? (await response.Content.ReadFromJsonAsync<JobStatus>(FleetJson.Options, Token))!.Done : 0;
        }
    }
}
