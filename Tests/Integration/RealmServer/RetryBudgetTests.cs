using Fleet.Contracts;
using Fleet.Tests.InMemory;
using Fleet.Tests.Manager;
using Fleet.Tests.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.RealmServer;

/// <summary>A real realm server and a real manager in front of servers that render nothing: how often one render reaches them.</summary>
public sealed class RetryBudgetTests
{
    private const int MaxAttempts = 3;

    [Theory]
    [InlineData("no-verdict", 1)]
    [InlineData("no-verdict", 4)]
    [InlineData("queue-full", 1)]
    [InlineData("queue-full", 4)]
    [InlineData("queue-full-then-no-verdict", 4)]
    public async Task Crawler_NoServerRenders_OneRenderReachesThemAtMostMaxAttemptsTimes(string fault, int servers)
    {
        var registry = new InMemoryRegistry(new TickingClock(), NullLoggerFactory.Instance);
        await using var manager = await ManagerUnderTest.StartAsync(registry, $"--Fleet:AdminKey={RealmServerUnderTest.AdminKey}", $"--Manager:MaxAttempts={MaxAttempts}");
        await using var realm = new RealmServerUnderTest(registry);
        realm.Settings.Add($"services:manager:http:0={manager.Client.BaseAddress}");
        await realm.StartAsync();
        List<FakeServer> fleet = [];
        var calls = 0;
        for (var i = 0; i < servers; i++)
        {
            var server = await manager.AddServerAsync($"prerender-{i}");
            server.Answer = (http, request) => (fault, Interlocked.Increment(ref calls)) switch
            {
                ("queue-full", _) or ("queue-full-then-no-verdict", <= 2) => FakeServer.Unavailable("queue-full")(http, request),
                _ => http.Response.WriteAsJsonAsync(server.Result(request, RenderOutcome.NoVerdict), FleetJson.Options),
            };
            fleet.Add(server);
        }

        var url = realm.RealmUrl + "hydrogen";
        await Eventually.TrueAsync(async () => (await manager.GetFleetAsync()).Realms.Any(known => known.Url == realm.RealmUrl), () => "the realm in the manager's view");
        using var response = await realm.GetAsync("elements/hydrogen", with: request => request.Headers.UserAgent.ParseAdd("Googlebot/2.1"));

        var reached = fleet.Sum(server => server.Calls.Count(call => call.Request.Url == url));
        Assert.InRange(reached, 1, MaxAttempts);
        // The stored page was read from the site after the render began.
        Assert.All(fleet.SelectMany(server => server.Calls), call => Assert.Equal("no-cache", call.Headers["Cache-Control"]));
    }
}
