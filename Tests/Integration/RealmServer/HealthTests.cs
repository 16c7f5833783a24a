using System.Net;
using System.Text.Json;
using Fleet.Tests.Registry;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.RealmServer;

/// <summary>What <c>/health</c> of a realm server reports about the fleet.</summary>
public sealed class HealthTests
{
    [Fact]
    public async Task Health_NoManagerAnswers_IsDegradedAndSaysWhyWithStatus200()
    {
        await using var server = new RealmServerUnderTest();
        await server.WithManagerAt("http://127.0.0.1:9").StartAsync();

        var health = await WaitForAsync(server, "Degraded");

        Assert.Contains("services:manager:http:0 cannot be reached", health, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_EveryCardFails_IsDegradedAndSaysHowManyAndWhy()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (_, _) => Results.Problem("wrong key", statusCode: StatusCodes.Status401Unauthorized);
        await server.With(manager).StartAsync();

        var health = await WaitForAsync(server, "Degraded");

        Assert.Contains("3 of 3 cards", health, StringComparison.Ordinal);
        Assert.Contains("wrong key", health, StringComparison.Ordinal);

        manager.Answer = (request, shell) => Results.Ok(FakeManager.Rendered(request, shell));
        await WaitForAsync(server, "Healthy");
    }

    private static async Task<string> WaitForAsync(RealmServerUnderTest server, string status)
    {
        var seen = "";
        await Eventually.TrueAsync(
            async () =>
            {
                using var response = await server.Client.GetAsync("health", TestContext.Current.CancellationToken);
                seen = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                return JsonSerializer.Deserialize<JsonElement>(seen).GetProperty("status").GetString() == status;
            },
            () => $"{status} from /health; it says {seen}");
        return seen;
    }
}
