using Fleet.Contracts;
using Fleet.Tests.Registry;

namespace Fleet.Tests.Manager;

/// <summary>Servers that take a render and say nothing.</summary>
public sealed class LifeSignsTests
{
    private static readonly RenderRequest s_request = new() { Url = ManagerUnderTest.Card };

    [Fact]
    public async Task Post_ServerIsSilentAltogether_IsRenderedElsewhereLongBeforeTheDeadline()
    {
        await using var manager = await ManagerUnderTest.StartAsync("--Manager:ProbeInterval=00:00:00.100", "--Manager:ProbeTimeout=00:00:02");
        var (first, second) = await manager.AddTwoServersAsync();
        first.Answer = FakeServer.NeverAnswerAsync;
        first.Alive = http => Task.Delay(Timeout.InfiniteTimeSpan, http.RequestAborted);

        var result = await manager.RenderAsync(s_request with { DeadlineMs = 120_000 });
        Assert.Equal((RenderOutcome.Rendered, second.Name), (result.Outcome, result.Page?.Server));
        await first.Aborted.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        // And nothing more is sent there before it shows that it lives.
        await manager.RenderAsync(s_request);
        Assert.Single(first.Calls);
    }

    [Fact]
    public async Task Post_ServerIsSlowAndAlive_IsWaitedFor()
    {
        await using var manager = await ManagerUnderTest.StartAsync("--Manager:ProbeInterval=00:00:00.050");
        var held = await HeldServer.AddAsync(manager);
        var render = manager.RenderAsync(s_request);
        await Eventually.TrueAsync(() => held.Server.AskedAlive >= 5, () => $"the server asked 5 times whether it is alive; it was {held.Server.AskedAlive} times");
        held.Release();
        Assert.Equal(RenderOutcome.Rendered, (await render).Outcome);
        Assert.Single(held.Server.Calls);
    }
}
