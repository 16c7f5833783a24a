using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Registry.Events;

namespace Fleet.Tests.Manager;

public sealed class FleetEndpointsTests : IAsyncLifetime
{
    private ManagerUnderTest _manager = null!;

    public async ValueTask InitializeAsync() => _manager = await ManagerUnderTest.StartAsync("--Fleet:AllowedOrigins:0=https://app.example");

    public ValueTask DisposeAsync() => _manager.DisposeAsync();

    [Fact]
    public async Task GetFleet_ServersAndRealms_AreThere()
    {
        var server = await _manager.AddServerAsync("prerender-0");
        await _manager.Registry.WarmAffinities.ReplaceAsync(server.Incarnation,
            new HashSet<string> { "realm:" + ManagerUnderTest.Realm }, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(async () => (await _manager.GetFleetAsync()).Servers[0].Warm.Count == 1, () => "a warm affinity");

        var fleet = await _manager.GetFleetAsync();
        Assert.Equal("prerender-0", Assert.Single(fleet.Servers).Record.Name);
        Assert.Equal(ManagerUnderTest.Realm, Assert.Single(fleet.Realms).Url);
        Assert.Equal(2, fleet.AllowedOriginCount);
        Assert.NotNull(fleet.ReadAt);

        _manager.UseAdminKey();
        Assert.Equal(["http://127.0.0.1:9", "https://app.example"], (await _manager.GetFleetAsync()).AllowedOrigins);
    }

    [Fact]
    public async Task GetFleet_ServerUnregisters_IsNoLongerListed()
    {
        var server = await _manager.AddServerAsync("prerender-0");
        await _manager.Registry.Servers.RemoveAsync(server.Incarnation, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(async () => (await _manager.GetFleetAsync()).Servers.Count == 0, () => "no server in GET /fleet");
    }

    [Fact]
    public async Task GetFleetEvents_ServerRegisters_SendsAnEvent()
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(TimeSpan.FromSeconds(30));
        await using var stream = await _manager.Client.GetStreamAsync("/fleet/events", timeout.Token);
        var events = SseParser.Create(stream, (_, json) => JsonSerializer.Deserialize<FleetStatus>(json, FleetJson.Options)!)
            .EnumerateAsync(timeout.Token).GetAsyncEnumerator(timeout.Token);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal("fleet", events.Current.EventType);
        Assert.Empty(events.Current.Data.Servers);

        await _manager.AddServerAsync("prerender-0");
        do
        {
            Assert.True(await events.MoveNextAsync());
        }
        while (events.Current.Data.Servers.Count == 0);

        Assert.Equal("prerender-0", events.Current.Data.Servers[0].Record.Name);
    }

    [Fact]
    public async Task Stop_ListenerOnFleetEvents_DoesNotHoldItUp()
    {
        await using var stream = await _manager.Client.GetStreamAsync("/fleet/events", TestContext.Current.CancellationToken);
        await _manager.App.StopAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task PostRecycle_WithKey_HintsAndReportsEveryServer()
    {
        await _manager.AddServerAsync("prerender-0");
        await _manager.AddServerAsync("prerender-1", ServerState.Draining);
        var hinted = new TaskCompletionSource();
        await using var subscription = await _manager.Registry.Backplane.SubscribeAsync(
            notification =>
            {
                if (notification.Kind == FleetEventKind.Recycle)
                {
                    hinted.TrySetResult();
                }
            },
            TestContext.Current.CancellationToken);

        using var request = new HttpRequestMessage(HttpMethod.Post, "/fleet/recycle");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ManagerUnderTest.AdminKey);
        using var response = await _manager.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var report = await response.Content.ReadFromJsonAsync<RecycleReport>(FleetJson.Options, TestContext.Current.CancellationToken);
        Assert.Equal([("prerender-0", true), ("prerender-1", false)], report!.Servers.Select(server => (server.Name, server.Asked)));
        await hinted.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("/fleet/recycle")]
    [InlineData("/host-shell")]
    public async Task Post_OperatorRouteWithoutKey_Is401(string route)
    {
        using var response = await _manager.Client.PostAsJsonAsync(route, new HostShellReport { Token = "abc" }, TestContext.Current.CancellationToken);
        await ManagerUnderTest.AssertProblemAsync(response, 401, "wrong-admin-key");
    }

    [Fact]
    public async Task GetPage_Always_IsOneSelfContainedFile()
    {
        using var response = await _manager.Client.GetAsync("/", TestContext.Current.CancellationToken);
        var html = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("fetch('fleet/patches'", html, StringComparison.Ordinal);
        Assert.DoesNotMatch("<(link|script|img|iframe)[^>]* (src|href)=['\"](?!data:)", html);
        Assert.DoesNotMatch("<[^>]* (style|on[a-z]+)=", html);
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetOpenApi_Always_DescribesEveryRoute()
    {
        var document = await _manager.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json", TestContext.Current.CancellationToken);
        var routes = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => (Route: $"{operation.Name} {path.Name}", operation.Value)))
            .ToList();
        Assert.Equal(
            ["delete /fleet/affinities/{key}", "delete /jobs/{id}", "delete /publications/{id}", "get /failures", "get /failures/{server}/{id}", "get /failures/{server}/{id}/screenshot", "get /fleet", "get /fleet/events", "get /fleet/renders", "get /jobs", "get /jobs/{id}", "get /jobs/{id}/events", "get /jobs/{id}/results", "get /pdf", "get /publications/{id}", "get /render", "get /screenshot", "post /commands", "post /fleet/recycle", "post /fleet/servers/{id}/drain", "post /fleet/servers/{id}/undrain", "post /host-shell", "post /jobs", "post /publications", "post /renders", "post /screenshots"],
            routes.Select(route => route.Route).Order(StringComparer.Ordinal));
        Assert.All(routes, route => Assert.NotEmpty(route.Value.GetProperty("summary").GetString()!));
    }
}
