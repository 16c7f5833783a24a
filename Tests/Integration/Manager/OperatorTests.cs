using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Fleet.Contracts;
using Fleet.Tests.Registry;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.Manager;

/// <summary>Actions of operators on one or all servers.</summary>
public sealed class OperatorTests : IAsyncLifetime
{
    private ManagerUnderTest _manager = null!;

    public async ValueTask InitializeAsync() => _manager = await ManagerUnderTest.StartAsync("--Manager:OperatorTimeout=00:00:03");

    public ValueTask DisposeAsync() => _manager.DisposeAsync();

    [Fact]
    public async Task Drain_ByName_ReportsTheServersAnswer()
    {
        var server = await AddAsync("prerender-0", affected: 3);
        await AddAsync("prerender-1", affected: 9);
        var report = await SendAsync<OperatorReport>(HttpMethod.Post, "/fleet/servers/prerender-0/drain");
        Assert.Equal(new ServerReport("prerender-0", server.Incarnation, true, 3, "as asked"), Assert.Single(report.Servers));
        Assert.Equal(["POST /drain"], server.Operations);
    }

    [Theory]
    [InlineData("drain")]
    [InlineData("undrain")]
    public async Task Drain_SeveralServersOfOneName_IsRefusedAndNamesThem(string operation)
    {
        var servers = new[] { await AddAsync("prerender", 0), await AddAsync("prerender", 0), await AddAsync("prerender", 0) };
        using var response = await SendAsync(HttpMethod.Post, $"/fleet/servers/prerender/{operation}");
        var problem = await ManagerUnderTest.AssertProblemAsync(response, 409, "ambiguous-name");
        Assert.All(servers, server =>
        {
            Assert.Contains(server.Incarnation, ManagerUnderTest.Detail(problem), StringComparison.Ordinal);
            Assert.Contains(server.Url, ManagerUnderTest.Detail(problem), StringComparison.Ordinal);
            Assert.Empty(server.Operations);
        });

        var report = await SendAsync<OperatorReport>(HttpMethod.Post, $"/fleet/servers/{servers[1].Incarnation}/{operation}");
        Assert.Equal(servers[1].Incarnation, Assert.Single(report.Servers).Incarnation);
        Assert.Equal([0, 1, 0], servers.Select(server => server.Operations.Count));
    }

    [Fact]
    public async Task Undrain_ByName_ReportsTheServersAnswer()
    {
        var server = await AddAsync("prerender-0", affected: 3);
        var report = await SendAsync<OperatorReport>(HttpMethod.Post, "/fleet/servers/prerender-0/undrain");
        Assert.Equal(new ServerReport("prerender-0", server.Incarnation, true, 3, "as asked"), Assert.Single(report.Servers));
        Assert.Equal(["POST /undrain"], server.Operations);
    }

    [Fact]
    public async Task Undrain_ServerRefuses_ReportsItsReason()
    {
        var server = await AddAsync("prerender-0", affected: 0);
        server.Operate = http =>
        {
            http.Response.StatusCode = StatusCodes.Status409Conflict;
            return http.Response.WriteAsJsonAsync(new ServerActed(0, "It is stopping."), FleetJson.Options);
        };
        var report = await SendAsync<OperatorReport>(HttpMethod.Post, "/fleet/servers/prerender-0/undrain");
        Assert.Equal(new ServerReport("prerender-0", server.Incarnation, false, 0, "It answered 409. It is stopping."), Assert.Single(report.Servers));
    }

    [Fact]
    public async Task Recycle_ByManagersWhoseClocksDiffer_EachIsALaterGeneration()
    {
        var server = await AddAsync("prerender-0", affected: 1);
        await using var behind = await ManagerUnderTest.StartAsync(_manager.Registry, new LateClock(TimeSpan.FromHours(1)));
        await Eventually.TrueAsync(async () => (await behind.GetFleetAsync()).Servers.Count == 1, () => "the server in the other manager's view");

        await SendAsync<RecycleReport>(HttpMethod.Post, "/fleet/recycle");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/fleet/recycle");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ManagerUnderTest.AdminKey);
        (await behind.Client.SendAsync(request, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();

        var generations = server.OperationQueries.Select(query => long.Parse(query.Split('=')[1], CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(2, generations.Count);
        Assert.True(generations[1] > generations[0], $"The later recycle has generation {generations[1]}, the earlier one {generations[0]}.");
    }

    [Fact]
    public async Task Drain_NoSuchServer_Is404()
    {
        using var response = await SendAsync(HttpMethod.Post, "/fleet/servers/nobody/drain");
        await ManagerUnderTest.AssertProblemAsync(response, 404, "no-such-server");
    }

    [Fact]
    public async Task Evict_OneServerIsDownAndOneSilent_ReportsEach()
    {
        await AddAsync("prerender-0", affected: 2);
        var dead = await AddAsync("prerender-1", affected: 0);
        await dead.StopAsync();
        var silent = await AddAsync("prerender-2", affected: 0);
        silent.Operate = http => Task.Delay(Timeout.InfiniteTimeSpan, http.RequestAborted);

        var report = await SendAsync<OperatorReport>(HttpMethod.Delete, "/fleet/affinities/" + Uri.EscapeDataString("user:ada"));
        Assert.Equal([("prerender-0", true, 2), ("prerender-1", false, 0), ("prerender-2", false, 0)], report.Servers.Select(server => (server.Name, server.Done, server.Affected)));
        Assert.Contains("Manager:OperatorTimeout", report.Servers[2].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evict_LoopbackHostSpelledDifferently_IsTheFleetsOwnRealm()
    {
        var server = await AddAsync("prerender-0", 1);
        await SendAsync<OperatorReport>(HttpMethod.Delete, "/fleet/affinities/" + Uri.EscapeDataString("realm:http://localhost:9/elements/"));
        Assert.Equal(["DELETE /affinities/" + Uri.EscapeDataString("realm:" + ManagerUnderTest.Realm)], server.Operations);
    }

    [Fact]
    public async Task Evict_NoAffinity_Is400()
    {
        using var response = await SendAsync(HttpMethod.Delete, "/fleet/affinities/nonsense");
        await ManagerUnderTest.AssertProblemAsync(response, 400, "invalid-request");
    }

    [Theory]
    [InlineData("POST", "/fleet/servers/prerender-0/drain")]
    [InlineData("POST", "/fleet/servers/prerender-0/undrain")]
    [InlineData("DELETE", "/fleet/affinities/user:ada")]
    public async Task Operate_WithoutKey_Is401(string method, string route)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), route);
        using var response = await _manager.Client.SendAsync(request, TestContext.Current.CancellationToken);
        await ManagerUnderTest.AssertProblemAsync(response, 401, "wrong-admin-key");
    }

    /// <summary>The clock of a machine that is behind the others.</summary>
    private sealed class LateClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - by;
    }

    private async Task<FakeServer> AddAsync(string name, int affected)
    {
        var server = await _manager.AddServerAsync(name);
        server.Operate = http => http.Response.WriteAsJsonAsync(new ServerActed(affected, "as asked"), FleetJson.Options);
        return server;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string route)
    {
        using var request = new HttpRequestMessage(method, route);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ManagerUnderTest.AdminKey);
        return await _manager.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private async Task<T> SendAsync<T>(HttpMethod method, string route)
    {
        using var response = await SendAsync(method, route);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return (await response.Content.ReadFromJsonAsync<T>(FleetJson.Options))!;
    }
}
