using Fleet.Contracts;

namespace Fleet.Tests.Manager;

/// <summary>Servers that accept a render and do not answer.</summary>
public sealed class ServerProberTests
{
    private static readonly RenderRequest s_request = new() { Url = ManagerUnderTest.Card };

    [Fact]
    public async Task Post_ServerDoesNotAnswerAtAll_IsRenderedElsewhereLongBeforeTheDeadline()
    {
        await using var manager = await ManagerUnderTest.StartAsync("--Manager:ProbeInterval=00:00:00.100", "--Manager:ProbeTimeout=00:00:02");
        var (first, second) = await manager.AddTwoServersAsync();
        first.Answer = FakeServer.NeverAnswerAsync;
        first.Alive = http => Task.Delay(Timeout.InfiniteTimeSpan, http.RequestAborted);

        var result = await manager.RenderAsync(s_request with { DeadlineMs = 120_000 });
        Assert.Equal((RenderOutcome.Rendered, second.Name), (result.Outcome, result.Page?.Server));
        await first.Aborted.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        // No more renders are sent there, even with heartbeats, before it answers a probe.
        await HeartbeatAsync(manager, first);
        await manager.RenderAsync(s_request);
        Assert.Single(first.Calls);
    }

    [Fact]
    public async Task Post_SuspectedServerAnswersWhetherItIsAlive_IsUsedAgain()
    {
        await using var manager = await ManagerUnderTest.StartAsync("--Manager:ProbeInterval=00:00:00.050");
        var (first, _) = await manager.AddTwoServersAsync();
        var (usual, mayLive) = (first.Answer, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        first.Alive = http => mayLive.Task.WaitAsync(http.RequestAborted);
        first.Answer = FakeServer.Unavailable("draining");
        await manager.RenderAsync(s_request);
        first.Answer = usual;
        await HeartbeatAsync(manager, first);
        await manager.RenderAsync(s_request);
        Assert.Single(first.Calls);

        mayLive.SetResult();
        await Eventually.TrueAsync(
            async () =>
            {
                await manager.RenderAsync(s_request);
                return first.Calls.Count > 1;
            },
            () => "another render for the first server");
    }

    [Fact]
    public async Task Probe_ServerHasNotAnsweredYet_IsNotProbedAgain()
    {
        await using var manager = await ManagerUnderTest.StartAsync("--Manager:ProbeInterval=00:00:00.050", "--Manager:ProbeTimeout=00:01:00");
        var (first, second) = await manager.AddTwoServersAsync();
        manager.UseAdminKey();
        var (open, most) = (0, 0);
        first.Alive = async http =>
        {
            most = Math.Max(most, Interlocked.Increment(ref open));
            await Task.Delay(Timeout.InfiniteTimeSpan, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Interlocked.Decrement(ref open);
        };
        first.Answer = second.Answer = FakeServer.NeverAnswerAsync;
        using var callers = new CancellationTokenSource();
        var renders = new List<Task>();
        while ((first.Calls.IsEmpty || second.Calls.IsEmpty) && renders.Count < 64)
        {
            renders.Add(manager.PostAsync(s_request with { Affinity = $"user:{renders.Count}" }, callers.Token));
            await Eventually.TrueAsync(() => first.Calls.Count + second.Calls.Count == renders.Count, () => $"render {renders.Count} at a server");
        }

        // The server that answers counts the rounds.
        await Eventually.TrueAsync(() => second.AliveRequests >= 5 && first.AliveRequests > 0, () => $"5 rounds of probes; there were {second.AliveRequests}");
        Assert.Equal(1, Volatile.Read(ref most));
        await callers.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(renders));
    }

    [Fact]
    public async Task Post_ServerIsSlowAndAlive_IsWaitedFor()
    {
        await using var manager = await ManagerUnderTest.StartAsync("--Manager:ProbeInterval=00:00:00.050");
        var held = await HeldServer.AddAsync(manager);
        var render = manager.RenderAsync(s_request);
        await Eventually.TrueAsync(() => held.Server.AliveRequests >= 5, () => $"5 probes of the server; it got {held.Server.AliveRequests}");
        held.Release();
        Assert.Equal(RenderOutcome.Rendered, (await render).Outcome);
        Assert.Single(held.Server.Calls);
    }

    /// <summary>A heartbeat that the manager has seen.</summary>
    private static async Task HeartbeatAsync(ManagerUnderTest manager, FakeServer server)
    {
        async Task<DateTimeOffset> SeenAtAsync() => (await manager.GetFleetAsync()).Servers.Single(seen => seen.Record.Incarnation == server.Incarnation).Record.SeenAt;
        var before = await SeenAtAsync();
        await server.RegisterAsync(manager.Registry);
        await Eventually.TrueAsync(async () => await SeenAtAsync() > before, () => $"a heartbeat of {server.Name}");
    }
}
