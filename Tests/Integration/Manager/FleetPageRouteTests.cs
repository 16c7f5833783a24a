using Fleet.Contracts;

namespace Fleet.Tests.Manager;

/// <summary>The routes that the fleet page reads, and their access checks.</summary>
public sealed class FleetPageRouteTests : IAsyncLifetime
{
    private ManagerUnderTest _manager = null!;

    public async ValueTask InitializeAsync() => _manager = await ManagerUnderTest.StartAsync();

    public ValueTask DisposeAsync() => _manager.DisposeAsync();

    [Fact]
    public async Task Patches_WithoutKey_NameNoUser()
    {
        var server = await _manager.AddServerAsync("prerender-0", slots: 4);
        server.Describe = record => record with { SlotStates = [new(1, "idle") { Affinity = "user:ada" }, new(2, "idle") { Affinity = "realm:" + ManagerUnderTest.Realm + "#secret" }] };
        await server.RegisterAsync(_manager.Registry, ServerState.Ready, 4);
        await Eventually.TrueAsync(async () => (await _manager.GetFleetAsync()).Servers[0].Record.SlotStates.Count == 2, () => "two slots");
        var open = await FirstAsync();
        Assert.DoesNotContain("ada", open, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", open, StringComparison.Ordinal);
        Assert.Contains("realm:" + ManagerUnderTest.Realm, open, StringComparison.Ordinal);
        _manager.UseAdminKey();
        Assert.Contains("user:ada", await FirstAsync(), StringComparison.Ordinal);

        async Task<string> FirstAsync()
        {
            await using var stream = await _manager.Client.GetStreamAsync("/fleet/patches", TestContext.Current.CancellationToken);
            using var reader = new StreamReader(stream);
            Assert.Equal("event: fleet", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
            return (await reader.ReadLineAsync(TestContext.Current.CancellationToken))!;
        }
    }

    [Theory]
    [InlineData("?order=fastest", 400)]
    [InlineData("?sort=slowest", 400)]
    [InlineData("?order=slowest", 200)]
    public async Task GetRenders_Parameters_AreCheckedAndTheKeyIsRequired(string query, int status)
    {
        using var refused = await _manager.Client.GetAsync("/fleet/renders" + query, TestContext.Current.CancellationToken);
        await ManagerUnderTest.AssertProblemAsync(refused, 401, "wrong-admin-key");
        _manager.UseAdminKey();
        using var response = await _manager.Client.GetAsync("/fleet/renders" + query, TestContext.Current.CancellationToken);
        Assert.Equal(status, (int)response.StatusCode);
    }
}
