using System.Net;
using Fleet.Contracts;
using Fleet.Manager.Scheduling;
using Fleet.ServiceDefaults.Stopping;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Tests.Manager;

/// <summary>More renders than slots.</summary>
public sealed class BackPressureTests
{
    [Fact]
    public async Task Post_MoreThanTheSlotsTake_WaitInTheManager()
    {
        await using var manager = await ManagerUnderTest.StartAsync();
        var held = await HeldServer.AddAsync(manager);
        var renders = Enumerable.Range(0, 10).Select(i => manager.RenderAsync(Card("elements", i))).ToList();
        await Eventually.TrueAsync(async () => await manager.GetFleetAsync() is { InFlight: 4, Queued: 6 }, () => "4 in flight and 6 waiting");
        await Eventually.TrueAsync(() => held.Server.Calls.Count == 4, () => "those 4 at the server");
        held.Release();
        await Task.WhenAll(renders);
        Assert.True(await manager.GetFleetAsync() is { InFlight: 0, Queued: 0 });
    }

    [Fact]
    public async Task Post_DeadlineThatTheQueueCannotMeet_IsRefusedAtOnceWithAnAccurateRetryAfter()
    {
        await using var manager = await ManagerUnderTest.StartAsync();
        var held = await HeldServer.AddAsync(manager);
        // A render takes 30 ms on two slots: a hundred that wait are 1.5 s.
        var renders = Enumerable.Range(0, 104).Select(i => manager.RenderAsync(Card("elements", i))).ToList();
        await Eventually.TrueAsync(async () => (await manager.GetFleetAsync()).Queued == 100, () => "100 waiting");

        using var response = await manager.PostAsync(Card("elements", 999) with { DeadlineMs = 1_000 });
        var problem = await ManagerUnderTest.AssertProblemAsync(response, 503, "deadline-unmeetable");
        Assert.Equal(TimeSpan.FromSeconds(2), response.Headers.RetryAfter?.Delta);
        Assert.Contains("100 renders wait for 2 slots", ManagerUnderTest.Detail(problem), StringComparison.Ordinal);
        Assert.Equal(100, (await manager.GetFleetAsync()).Queued);
        held.Release();
        await Task.WhenAll(renders);
    }

    [Fact]
    public async Task Post_QueueFullOfOneRealm_ItsNewestMakesWayForAnother()
    {
        await using var manager = await ManagerUnderTest.StartAsync("--Manager:MaxQueued=10");
        manager.UseAdminKey();
        var held = await HeldServer.AddAsync(manager);
        var index = Enumerable.Range(0, 14).Select(i => manager.PostAsync(Card("elements", i))).ToList();
        await Eventually.TrueAsync(async () => (await manager.GetFleetAsync()).Queued == 10, () => "a full queue");

        var visitor = manager.RenderAsync(Card("birds", 0) with { Affinity = "user:ada" });
        var refused = await await Task.WhenAny(index);
        await ManagerUnderTest.AssertProblemAsync(refused, 429, "queue-full");
        Assert.NotNull(refused.Headers.RetryAfter?.Delta);

        held.Release();
        Assert.Equal(RenderOutcome.Rendered, (await visitor).Outcome);
        var answers = await Task.WhenAll(index);
        Assert.Equal(13, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
    }

    [Fact]
    public async Task Post_QueueFullOfOthers_Is503AndNot429()
    {
        await using var manager = await ManagerUnderTest.StartAsync("--Manager:MaxInFlight=1", "--Manager:MaxQueued=2");
        manager.UseAdminKey();
        var held = await HeldServer.AddAsync(manager);
        var others = Enumerable.Range(0, 3).Select(i => manager.RenderAsync(Card("elements", i) with { Affinity = $"user:{i}" })).ToList();
        await Eventually.TrueAsync(async () => (await manager.GetFleetAsync()).Queued == 2, () => "a full queue");

        using var response = await manager.PostAsync(Card("elements", 9) with { Affinity = "user:ada" });
        await ManagerUnderTest.AssertProblemAsync(response, 503, "queue-full");
        held.Release();
        await Task.WhenAll(others);
    }

    [Fact]
    public async Task Post_ServerIsShortWhileOthersWait_RetryAfterIsBehindThem()
    {
        await using var manager = await ManagerUnderTest.StartAsync("--Manager:MaxInFlight=1");
        var held = await HeldServer.AddAsync(manager);
        held.Server.Answer = async (http, request) =>
        {
            await held.Released;
            http.Response.Headers.RetryAfter = "1";
            await FakeServer.Unavailable("queue-full")(http, request);
        };
        var first = manager.PostAsync(Card("elements", 0));
        await Eventually.TrueAsync(() => held.Server.Calls.Count == 1, () => "the first at the server");
        // A render takes 30 ms on two slots: two hundred that wait are 3 s.
        var rest = Enumerable.Range(1, 200).Select(i => manager.PostAsync(Card("elements", i))).ToList();
        await Eventually.TrueAsync(async () => (await manager.GetFleetAsync()).Queued == 200, () => "200 waiting");

        held.Release();
        using var refused = await first;
        await ManagerUnderTest.AssertProblemAsync(refused, 503, "queue-full");
        Assert.Equal(TimeSpan.FromSeconds(3), refused.Headers.RetryAfter?.Delta);
        Assert.All(await Task.WhenAll(rest), answer => Assert.True(answer.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1), $"{answer}"));
    }

    [Fact]
    public async Task Post_IndexRunOfOneRealm_AnotherRealmsVisitorGoesAhead()
    {
        await using var manager = await ManagerUnderTest.StartAsync("--Manager:MaxInFlight=1");
        manager.UseAdminKey();
        var held = await HeldServer.AddAsync(manager);
        var index = Enumerable.Range(0, 40).Select(i => manager.RenderAsync(Card("elements", i))).ToList();
        await Eventually.TrueAsync(async () => (await manager.GetFleetAsync()).Queued == 39, () => "the index run in the queue");
        var visitor = manager.RenderAsync(Card("elements", 1000) with { Affinity = "user:ada", Priority = 10 });
        await Eventually.TrueAsync(async () => (await manager.GetFleetAsync()).Queued == 40, () => "the visitor in the queue");

        held.Release();
        await visitor;
        await Task.WhenAll(index);
        var place = held.Server.Calls.ToList().FindIndex(call => call.Request.Affinity == "user:ada");
        Assert.InRange(place, 1, 3);
    }

    [Fact]
    public async Task Post_RenderThatAnotherCaused_DoesNotWaitInTheQueue()
    {
        await using var manager = await ManagerUnderTest.StartAsync("--Manager:MaxInFlight=1");
        var held = await HeldServer.AddAsync(manager);
        var renders = Enumerable.Range(0, 5).Select(i => manager.RenderAsync(Card("elements", i))).ToList();
        await Eventually.TrueAsync(() => held.Server.Calls.Count == 1, () => "the first at the server");

        Assert.True(held.Server.Calls.TryPeek(out var cause));
        var nested = PostNestedAsync(manager, Card("elements", 0), cause.Headers[FleetHeaders.Lineage]);
        await Eventually.TrueAsync(() => held.Server.Calls.Count == 2, () => "the nested one at the server");
        Assert.True(RenderLineage.TryRead(held.Server.Calls.Last().Headers[FleetHeaders.Lineage], ManagerUnderTest.Keys.Lineage, out var lineage));
        Assert.Equal(1, lineage.Depth);

        held.Release();
        Assert.Equal(HttpStatusCode.OK, (await nested).StatusCode);
        await Task.WhenAll(renders);
    }

    [Fact]
    public async Task Post_LineageThatHasExpired_WaitsInTheQueueLikeOthers()
    {
        await using var manager = await ManagerUnderTest.StartAsync("--Manager:MaxInFlight=1");
        var held = await HeldServer.AddAsync(manager);
        var first = manager.RenderAsync(Card("elements", 0));
        await Eventually.TrueAsync(() => held.Server.Calls.Count == 1, () => "the first at the server");
        Assert.True(held.Server.Calls.TryPeek(out var cause));
        Assert.True(RenderLineage.TryRead(cause.Headers[FleetHeaders.Lineage], ManagerUnderTest.Keys.Lineage, out var lineage));
        Assert.InRange(lineage.Expires, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow + TimeSpan.FromSeconds(60));

        var kept = lineage with { Expires = DateTimeOffset.UtcNow - TimeSpan.FromSeconds(1), Priority = 10 };
        var late = PostNestedAsync(manager, Card("elements", 1), kept.Sign(ManagerUnderTest.Keys.Lineage));
        await Eventually.TrueAsync(async () => (await manager.GetFleetAsync()).Queued == 1, () => "the late one in the queue");

        held.Release();
        Assert.Equal(HttpStatusCode.OK, (await late).StatusCode);
        await first;
        Assert.Equal(0, held.Server.Calls.Last().Request.Priority);
    }

    [Fact]
    public async Task Post_OneRenderCausesMany_AreLimitedAndBypassTheQueue()
    {
        await using var manager = await ManagerUnderTest.StartAsync("--Manager:RendersPerSlot=1");
        var held = await HeldServer.AddAsync(manager, slots: 1);
        var cause = manager.RenderAsync(Card("elements", 0));
        await Eventually.TrueAsync(() => held.Server.Calls.Count == 1, () => "the cause at the server");
        Assert.True(held.Server.Calls.TryPeek(out var call));
        using var mayEnd = new SemaphoreSlim(0);
        held.Server.Answer = async (http, request) =>
        {
            await mayEnd.WaitAsync(http.RequestAborted);
            await http.Response.WriteAsJsonAsync(held.Server.Result(request), FleetJson.Options);
        };

        var nested = Enumerable.Range(1, NestedRenderLimiter.MaxPerCause + 4).Select(i => PostNestedAsync(manager, Card("elements", i), call.Headers[FleetHeaders.Lineage])).ToList();
        var callers = manager.App.Services.GetRequiredService<RequestDrain>();
        await Eventually.TrueAsync(
            () => held.Server.Calls.Count == 1 + NestedRenderLimiter.MaxPerCause && callers.InFlight == 1 + nested.Count,
            () => $"all in, and {NestedRenderLimiter.MaxPerCause} at the server; there were {held.Server.Calls.Count - 1}");

        // Their cause is still in flight, so only the permits for nested renders are free.
        mayEnd.Release(nested.Count);
        Assert.All(await Task.WhenAll(nested), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.False(cause.IsCompleted);
        held.Release();
        await cause;
    }

    private static async Task<HttpResponseMessage> PostNestedAsync(ManagerUnderTest manager, RenderRequest render, string lineage)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/renders")
        {
            Content = System.Net.Http.Json.JsonContent.Create(render, options: FleetJson.Options),
        };
        request.Headers.Add(FleetHeaders.Lineage, lineage);
        return await manager.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static RenderRequest Card(string realm, int number) => new() { Url = $"{ManagerUnderTest.Realm}{realm}{number}" };
}
