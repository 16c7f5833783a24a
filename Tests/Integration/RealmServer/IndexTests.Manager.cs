using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.RealmServer;

/// <summary>The index with a manager that is away, is busy, or rejects a card.</summary>
public sealed partial class IndexTests
{
    [Fact]
    public async Task Manager_ComesLate_IndexWaitsThenRuns()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.IsReady = false;
        await server.With(manager).StartAsync();
        await Eventually.TrueAsync(
            async () => (await server.IndexAsync()).TryGetProperty("reason", out var reason) && reason.GetString()!.Contains("services:manager:http:0", StringComparison.Ordinal),
            () => "the index to say that it waits for the manager");
        Assert.Equal("waiting", (await server.IndexAsync()).GetProperty("state").GetString());

        manager.IsReady = true;

        Assert.Equal((3, 3, 0, 0), Counts(await server.IndexedAsync()));
    }

    [Theory]
    [InlineData(503)]
    [InlineData(429)]
    public async Task Manager_Busy_RenderIsRepeatedAfterTheTimeItNames(int status)
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        var refused = 0;
        manager.Answer = (request, shell) => Interlocked.Increment(ref refused) <= 3 ? new Refused(status, "queue-full", "All are waiting.", RetryAfter: 0) : Results.Ok(FakeManager.Rendered(request, shell));
        await server.With(manager).StartAsync();

        Assert.Equal((3, 3, 0, 0), Counts(await server.IndexedAsync()));
        Assert.Equal(6, manager.Requests.Count);
    }

    [Theory]
    [InlineData(400, "not-allowed")]
    [InlineData(503, "quarantined")]
    [InlineData(503, "breaker-open")]
    public async Task Manager_RefusesOneCard_TheOthersAreStoredAndItIsTriedLater(int status, string reason)
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        var refusing = true;
        manager.Answer = (request, shell) => Volatile.Read(ref refusing) && request.Url.EndsWith("helium", StringComparison.Ordinal)
            ? new Refused(status, reason, "It may not be rendered.", RetryAfter: 300) : Results.Ok(FakeManager.Rendered(request, shell));
        await server.With(manager).StartAsync();
        var index = await server.IndexedAsync();
        Assert.Equal((3, 3, 1, 0), Counts(index));
        Assert.Contains("It may not be rendered.", index.ToString(), StringComparison.Ordinal);

        Volatile.Write(ref refusing, false);
        await Eventually.TrueAsync(async () => await server.StoredAsync("helium") is not null, () => "helium to be stored by a later pass");
    }

    [Fact]
    public async Task Index_NoManagerConfigured_IsOffAndSaysSo()
    {
        await using var server = new RealmServerUnderTest();
        server.Settings.Remove("Index:Enabled=false");
        await server.StartAsync();

        await Eventually.TrueAsync(async () => (await server.IndexAsync()).GetProperty("state").GetString() == "off", () => "the index to be off");
        Assert.Contains("services:manager:http:0", (await server.IndexAsync()).GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    private sealed record Refused(int Status, string Reason, string Detail, int RetryAfter) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.RetryAfter = $"{RetryAfter}";
            return Results.Problem(Detail, statusCode: Status, extensions: new Dictionary<string, object?> { ["reason"] = Reason }).ExecuteAsync(httpContext);
        }
    }
}
