using System.Net;
using Fleet.Contracts;

namespace Fleet.Tests.Manager;

/// <summary>The limit of renders in flight, and the drain on a stop.</summary>
public sealed class AdmissionTests
{
    private static readonly RenderRequest s_request = new() { Url = ManagerUnderTest.Card };

    [Fact]
    public async Task Post_OverTheLimit_QueuesThenRefuses()
    {
        await using var manager = await ManagerUnderTest.StartAsync("--Manager:MaxInFlight=1", "--Manager:MaxQueued=1");
        var (server, release) = await AddHeldServerAsync(manager);
        var running = manager.RenderAsync(s_request);
        await Eventually.TrueAsync(() => server.Calls.Count == 1, () => "the first render at the server");

        // The limiter decides which of the two waits; the other is rejected at once.
        var rest = new List<Task<HttpResponseMessage>> { manager.PostAsync(Another(1)), manager.PostAsync(Another(2)) };
        var refused = await Task.WhenAny(rest);
        await ManagerUnderTest.AssertProblemAsync(await refused, 429, "queue-full");
        Assert.NotNull((await refused).Headers.RetryAfter?.Delta);

        release.SetResult();
        Assert.Equal(RenderOutcome.Rendered, (await running).Outcome);
        rest.Remove(refused);
        Assert.Equal(HttpStatusCode.OK, (await Assert.Single(rest)).StatusCode);
    }

    [Fact]
    public async Task Post_DeadlinePassesInTheQueue_Is504()
    {
        await using var manager = await ManagerUnderTest.StartAsync("--Manager:MaxInFlight=1");
        var (server, release) = await AddHeldServerAsync(manager);
        var running = manager.RenderAsync(s_request);
        await Eventually.TrueAsync(() => server.Calls.Count == 1, () => "the first render at the server");

        using var response = await manager.PostAsync(Another(1) with { DeadlineMs = 2_000 });
        var problem = await ManagerUnderTest.AssertProblemAsync(response, 504, "deadline");
        Assert.Contains("Manager:MaxInFlight", ManagerUnderTest.Detail(problem), StringComparison.Ordinal);
        release.SetResult();
        await running;
    }

    [Fact]
    public async Task Stop_RendersInFlight_FinishAndNewOnesAreRejected()
    {
        await using var manager = await ManagerUnderTest.StartAsync();
        var (server, release) = await AddHeldServerAsync(manager);
        var running = manager.RenderAsync(s_request);
        await Eventually.TrueAsync(() => server.Calls.Count == 1, () => "the render at the server");

        var stop = manager.App.StopAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(
            async () =>
            {
                using var late = await manager.PostAsync(s_request with { DeadlineMs = 100 });
                return late.StatusCode == HttpStatusCode.ServiceUnavailable
                    && (await ManagerUnderTest.AssertProblemAsync(late, 503, "draining")).GetProperty("status").GetInt32() == 503;
            },
            () => "503 draining");
        Assert.False(stop.IsCompleted);

        release.SetResult();
        Assert.Equal(RenderOutcome.Rendered, (await running).Outcome);
        await stop.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Stop_RenderDoesNotFinish_IsBounded()
    {
        await using var manager = await ManagerUnderTest.StartAsync("--Manager:DrainTimeout=00:00:00.200");
        var server = await manager.AddServerAsync("prerender-0");
        server.Answer = FakeServer.NeverAnswerAsync;
        using var caller = new CancellationTokenSource();
        var render = manager.PostAsync(s_request, caller.Token);
        await Eventually.TrueAsync(() => server.Calls.Count == 1, () => "the render at the server");

        using var impatient = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await manager.App.StopAsync(impatient.Token).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await caller.CancelAsync();
        await Task.WhenAny(render);
    }

    [Theory]
    [InlineData(null, 503, "no-servers")]
    [InlineData(ServerState.Warming, 503, "warming")]
    [InlineData(ServerState.Draining, 503, "draining")]
    public async Task Post_NoServerAvailable_SaysWhyAfterTheDiscoveryWait(ServerState? state, int status, string reason)
    {
        await using var manager = await ManagerUnderTest.StartAsync("--Manager:DiscoveryWait=00:00:00.100");
        var server = state is { } known ? await manager.AddServerAsync("prerender-0", known) : null;
        using var response = await manager.PostAsync(s_request);
        await ManagerUnderTest.AssertProblemAsync(response, status, reason);
        Assert.NotNull(response.Headers.RetryAfter?.Delta);
        Assert.Empty(server?.Calls ?? []);
    }

    private static RenderRequest Another(int number) => s_request with { Url = s_request.Url + number };

    private static async Task<(FakeServer Server, TaskCompletionSource Release)> AddHeldServerAsync(ManagerUnderTest manager)
    {
        var server = await manager.AddServerAsync("prerender-0");
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = server.Answer;
        server.Answer = async (http, request) =>
        {
            await release.Task.WaitAsync(http.RequestAborted);
            await answer(http, request);
        };
        return (server, release);
    }
}
