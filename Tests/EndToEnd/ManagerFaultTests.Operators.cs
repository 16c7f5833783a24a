using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Tests.EndToEnd;

public sealed partial class ManagerFaultTests
{
    [Fact]
    public async Task Load_Recycle_EveryServerReplacesItsBrowserAndNothingIsLost()
    {
        var before = await GenerationsAsync();
        RecycleReport? report = null;
        await WithLoadAsync(async _ => report = await OperateAsync<RecycleReport>(HttpMethod.Post, "fleet/recycle"));

        Assert.Equal([("prerender-0", true, true), ("prerender-1", true, true)], report!.Servers.Select(server => (server.Name, server.Asked, server.Done)));
        Assert.All(report.Servers, server => Assert.False(string.IsNullOrEmpty(server.Detail)));
        var after = before;
        await Eventually.TrueAsync(
            async () => (after = await GenerationsAsync()).Zip(before).All(pair => pair.First > pair.Second),
            s_limit,
            () => $"a newer browser on each server than {string.Join(", ", before)}; there are {string.Join(", ", after)}");
    }

    [Fact]
    public async Task Load_DrainAndUndrain_NothingIsLostAndTheServerTakesRendersAgain()
    {
        OperatorReport? report = null;
        await WithLoadAsync(
            async _ =>
            {
                report = await OperateAsync<OperatorReport>(HttpMethod.Post, "fleet/servers/prerender-1/drain");
                await Eventually.TrueAsync(
                    async () => (await FleetAsync()).Servers.Single(server => server.Record.Name == "prerender-1") is { Record.State: ServerState.Draining, InFlight: 0 },
                    s_limit,
                    () => $"prerender-1 drained\n{_fleet.Output}");
            },
            mendAsync: async () =>
            {
                await OperateAsync<OperatorReport>(HttpMethod.Post, "fleet/servers/prerender-1/undrain");
                await Eventually.TrueAsync(
                    async () => (await FleetAsync()).Servers.Single(server => server.Record.Name == "prerender-1").Record.State == ServerState.Ready,
                    s_limit,
                    () => $"prerender-1 ready again\n{_fleet.Output}");
            });

        var server = Assert.Single(report!.Servers);
        Assert.Equal(("prerender-1", true), (server.Name, server.Done));
        Assert.NotEmpty(server.Detail);
    }

    [Fact]
    public async Task Evict_AffinityThatIsWarm_ItsPagesAreClosed()
    {
        const string affinity = "user:to-be-evicted";
        var request = new RenderRequest { Url = _fleet.OnRealm("elements/helium").AbsoluteUri, Affinity = affinity, DeadlineMs = 60_000 };
        using var asked = Authorized(HttpMethod.Post, _fleet.OnManager("renders"));
        asked.Content = JsonContent.Create(request, options: FleetJson.Options);
        using var rendered = await _fleet.Client.SendAsync(asked, Cancellation);
        rendered.EnsureSuccessStatusCode();
        await Eventually.TrueAsync(async () => (await WarmAsync(affinity)).Count == 1, s_limit, () => $"{affinity} warm on one server");
        var warm = (await WarmAsync(affinity)).Single();

        var report = await OperateAsync<OperatorReport>(HttpMethod.Delete, $"fleet/affinities/{Uri.EscapeDataString(affinity)}");
        Assert.Equal(["prerender-0", "prerender-1"], report.Servers.Select(server => server.Name));
        Assert.All(report.Servers, server => Assert.Equal((true, server.Name == warm ? 1 : 0), (server.Done, server.Affected)));
        await Eventually.TrueAsync(async () => (await WarmAsync(affinity)).Count == 0, s_limit, () => $"{affinity} warm nowhere");
    }

    private async Task<List<string>> WarmAsync(string affinity) =>
        [.. (await FleetAsync()).Servers.Where(server => server.Warm.Contains(affinity)).Select(server => server.Record.Name)];

    private async Task<long[]> GenerationsAsync()
    {
        List<long> generations = [];
        foreach (var server in (string[])["prerender-0", "prerender-1"])
        {
            using var request = Authorized(HttpMethod.Get, new Uri(_fleet.Processes.Topology.AddressOf(server), "pool"));
            using var response = await _fleet.Client.SendAsync(request, Cancellation);
            var pool = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
            // None while its browser is starting.
            generations.Add(pool.GetProperty("totals").TryGetProperty("generation", out var generation) ? generation.GetInt64() : 0);
        }

        return [.. generations];
    }

    private async Task<T> OperateAsync<T>(HttpMethod method, string route)
    {
        using var request = Authorized(method, _fleet.OnManager(route));
        using var response = await _fleet.Client.SendAsync(request, Cancellation);
        var body = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.IsSuccessStatusCode, $"{method} {route}: {(int)response.StatusCode} {body}");
        return JsonSerializer.Deserialize<T>(body, FleetJson.Options)!;
    }

    private static HttpRequestMessage Authorized(HttpMethod method, Uri address) =>
        new(method, address) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", FleetFixture.AdminKey) } };
}
