using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Registry;
using Fleet.Registry.HostShells;
using Fleet.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Tests.RealmServer;

public sealed class ClaimTests
{
    [Fact]
    public async Task Start_Listening_ClaimsTheTokenThatIsServed()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();

        var current = await CurrentAsync(server);

        Assert.Equal((await server.GetAsync("")).Headers.GetValues("X-Host-Shell").Single(), current?.Token);
        Assert.Equal(current?.Token, Assert.Single(await server.Registry.HostShells.GetServingAsync(TestContext.Current.CancellationToken)).Value);
    }

    [Fact]
    public async Task Shell_Changed_IsServedAndClaimedUnderAHigherGeneration()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        var before = (await CurrentAsync(server))!;

        server.Dist.Write("index.html", RealmServerUnderTest.Shell + "<!-- new -->");

        await Eventually.TrueAsync(async () => (await CurrentAsync(server))!.Generation > before.Generation, () => "the new shell to be claimed");
        Assert.Equal((await CurrentAsync(server))!.Token, (await server.GetAsync("")).Headers.GetValues("X-Host-Shell").Single());
    }

    [Fact]
    public async Task Stop_Orderly_WithdrawsFromTheServing()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();

        await server.StopAsync();

        Assert.Empty(await server.Registry.HostShells.GetServingAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task PostDeployment_OlderBuildWhileAnotherServesTheCurrent_IsForced()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        var ours = (await CurrentAsync(server))!.Token;
        await server.Registry.HostShells.ClaimAsync(new("theirs", "other", DateTimeOffset.UtcNow.AddHours(1)), TestContext.Current.CancellationToken);
        Assert.Equal("theirs", (await CurrentAsync(server))!.Token);

        var response = await server.GetAsync("_post-deployment", method: HttpMethod.Post, with: r => r.Headers.Authorization = new("Bearer", RealmServerUnderTest.AdminKey));
        var result = await response.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(result.GetProperty("changed").GetBoolean());
        Assert.Equal(ours, (await CurrentAsync(server))!.Token);
    }

    [Fact]
    public async Task PostDeployment_HalfWrittenShell_ClaimsNothingAndSaysWhy()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        var before = await CurrentAsync(server);
        server.Dist.Write("index.html", "<!doctype html><html>");

        var response = await server.GetAsync("_post-deployment", method: HttpMethod.Post, with: r => r.Headers.Authorization = new("Bearer", RealmServerUnderTest.AdminKey));

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Contains("half-written", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(before, await CurrentAsync(server));
    }

    [Fact]
    public async Task Health_ClaimNotAcknowledged_IsUnhealthyUntilItIs()
    {
        var registry = new FlakyHostShells();
        await using var server = new RealmServerUnderTest();
        var app = server.Build(services: services => services.AddSingleton<IHostShellStore>(registry));
        await using (app)
        {
            await app.StartAsync(TestContext.Current.CancellationToken);
            using var client = new HttpClient { BaseAddress = new(app.Urls.Single()) };
            await Eventually.TrueAsync(() => registry.Calls > 1, () => "the claim to be repeated");
            var health = await client.GetAsync("health");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
            Assert.Contains("Redis is away.", await health.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("alive")).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("elements/hydrogen")).StatusCode);

            registry.Away = false;

            await Eventually.TrueAsync(async () => (await client.GetAsync("health")).IsSuccessStatusCode, () => "the server to be ready once the claim is acknowledged");
        }
    }

    [Theory]
    [InlineData("Realms:Root=/nowhere/at/all", "Realms:Root", "/nowhere/at/all")]
    [InlineData("Host:Dist=/nowhere/at/all", "Host:Dist", "/nowhere/at/all")]
    [InlineData("Host:WatchInterval=00:00:00", "Host:WatchInterval", "00:00:00")]
    [InlineData("Host:Folder=x", "Folder", "under Host")]
    [InlineData("Index:Concurrency=0", "Index:Concurrency", "64")]
    [InlineData("Index:RenderDeadline=01:00:00", "Index:RenderDeadline", "00:02:00")]
    [InlineData("Realms:PublicUrl=ftp://x", "PublicUrl", "ftp://x")]
    [InlineData("Realms:MaxCardBytes=1", "Realms:MaxCardBytes", "1024")]
    public async Task Start_WrongSetting_SaysWhichAndWhatItIs(string setting, string name, string part)
    {
        await using var server = new RealmServerUnderTest();
        server.Settings.Add(setting);

        var e = await Record.ExceptionAsync(async () =>
        {
            await using var app = server.Build();
            await app.StartAsync(TestContext.Current.CancellationToken);
        });

        var message = FleetHost.Explain(Assert.IsType<Exception>(e, exactMatch: false));
        Assert.Contains(name, message, StringComparison.Ordinal);
        Assert.Contains(part, message, StringComparison.Ordinal);
    }

    private static Task<HostShell?> CurrentAsync(RealmServerUnderTest server) => server.Registry.HostShells.GetAsync(TestContext.Current.CancellationToken);

    private sealed class FlakyHostShells : IHostShellStore
    {
        private int _calls;

        public bool Away { get; set; } = true;

        public int Calls => _calls;

        public Task<HostShell?> GetAsync(CancellationToken cancellationToken) => Task.FromResult<HostShell?>(null);

        public Task<ClaimResult> ClaimAsync(HostShellClaim claim, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _calls);
            return Away
                ? throw new RegistryUnavailableException("Redis is away.", new TimeoutException())
                : Task.FromResult(new ClaimResult(new(claim.Token, 1, DateTimeOffset.UnixEpoch, claim.Instance), Changed: true));
        }

        public Task<IReadOnlyDictionary<string, string>> GetServingAsync(CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>());

        public Task StopServingAsync(string instance, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
