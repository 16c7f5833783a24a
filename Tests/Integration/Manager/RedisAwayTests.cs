using System.Net;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Manager;
using Fleet.Registry.Realms;
using Fleet.Registry.Servers;
using Fleet.Tests.Processes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fleet.Tests.Manager;

/// <summary>A real Redis is stopped: renders continue with the last reading.</summary>
public sealed class RedisAwayTests
{
    [Fact]
    public async Task Post_RedisIsKilled_RendersAndRecyclesContinueAndHealthDegrades()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var redis = await RedisServer.StartAsync();
        await using var server = await FakeServer.StartAsync("prerender-0");
        await using var app = ManagerApp.Build(
            ["--urls=http://127.0.0.1:0", $"--ConnectionStrings:redis={redis.ConnectionString}", $"--services:realm:http:0={ManagerUnderTest.Host}", "--Fleet:StopNotice=00:00:00", $"--Fleet:AdminKey={ManagerUnderTest.AdminKey}"],
            builder => builder.Logging.SetMinimumLevel(LogLevel.Critical));
        await app.StartAsync(cancellation);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        await app.Services.GetRequiredService<IRealmDirectory>().AnnounceAsync("realm-0", [new RealmRecord(ManagerUnderTest.Realm, "Elements")], cancellation);
        await Eventually.TrueAsync(
            async () =>
            {
                await app.Services.GetRequiredService<IServerRegistry>().AnnounceAsync(server.Record(ServerState.Ready, 2), cancellation);
                return await RenderAsync() == HttpStatusCode.OK;
            },
            () => "a render while Redis is up");

        await redis.StopAsync();
        await Eventually.TrueAsync(
            async () => (await client.GetStringAsync("/health", cancellation)).Contains("Degraded", StringComparison.Ordinal),
            () => "a degraded health");
        Assert.Equal(HttpStatusCode.OK, await RenderAsync());
        client.DefaultRequestHeaders.Authorization = new("Bearer", ManagerUnderTest.AdminKey);
        using var recycled = await client.PostAsync("/fleet/recycle", null, cancellation);
        Assert.Equal(HttpStatusCode.OK, recycled.StatusCode);
        Assert.Equal(["POST /recycle"], server.Operations);
        Assert.Equal([""], server.OperationQueries);
        await app.StopAsync(cancellation);

        async Task<HttpStatusCode> RenderAsync()
        {
            using var response = await client.GetAsync("/render?url=" + Uri.EscapeDataString(ManagerUnderTest.Card), cancellation);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Health_RedisHangs_IsDegradedBeforeAnOrchestratorGivesUp()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var redis = await RedisServer.StartAsync();
        await using var app = ManagerApp.Build(
            ["--urls=http://127.0.0.1:0", $"--ConnectionStrings:redis={redis.ConnectionString}", $"--services:realm:http:0={ManagerUnderTest.Host}", "--Fleet:StopNotice=00:00:00"],
            builder => builder.Logging.SetMinimumLevel(LogLevel.Critical));
        await app.StartAsync(cancellation);
        var check = Assert.Single(app.Services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations, check => check.Name == "redis");
        Assert.InRange(check.Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(900));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var context = new HealthCheckContext { Registration = check };
        Assert.Equal(HealthStatus.Healthy, (await check.Factory(app.Services).CheckHealthAsync(context, end.Token)).Status);

        redis.Freeze();
        var hanging = check.Factory(app.Services).CheckHealthAsync(context, end.Token);
        Assert.False(hanging.IsCompleted);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        Assert.Equal("Degraded", await RedisStatusAsync(client, cancellation));
        redis.Thaw();
        await Eventually.TrueAsync(async () => await RedisStatusAsync(client, cancellation) == "Healthy", () => "a healthy Redis");
        await app.StopAsync(cancellation);
    }

    private static async Task<string?> RedisStatusAsync(HttpClient client, CancellationToken cancellation)
    {
        using var response = await client.GetAsync("/health", cancellation);
        var health = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellation)).RootElement;
        return health.GetProperty("checks").GetProperty("redis").GetProperty("status").GetString();
    }

    [Fact]
    public async Task Post_RedisWasNeverThere_SaysSoAndNamesTheSetting()
    {
        await using var app = ManagerApp.Build(
            ["--urls=http://127.0.0.1:0", "--ConnectionStrings:redis=127.0.0.1:1", $"--services:realm:http:0={ManagerUnderTest.Host}", "--Manager:DiscoveryWait=00:00:00.050", "--Fleet:StopNotice=00:00:00"],
            builder => builder.Logging.SetMinimumLevel(LogLevel.Critical));
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        using var response = await client.GetAsync("/render?url=" + Uri.EscapeDataString(ManagerUnderTest.Card), TestContext.Current.CancellationToken);
        var problem = await ManagerUnderTest.AssertProblemAsync(response, 503, "no-servers");
        Assert.Contains("ConnectionStrings:redis", ManagerUnderTest.Detail(problem), StringComparison.Ordinal);

        using var health = await client.GetAsync("/health", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        await app.StopAsync(TestContext.Current.CancellationToken);
    }
}
