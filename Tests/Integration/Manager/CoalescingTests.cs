using System.Net;
using Fleet.Contracts;

namespace Fleet.Tests.Manager;

/// <summary>Concurrent callers with the same request.</summary>
public sealed class CoalescingTests : IAsyncLifetime
{
    private static readonly RenderRequest s_request = new() { Url = ManagerUnderTest.Card };
    private ManagerUnderTest _manager = null!;
    private HeldServer _held = null!;

    public async ValueTask InitializeAsync()
    {
        _manager = await ManagerUnderTest.StartAsync();
        _held = await HeldServer.AddAsync(_manager);
    }

    public ValueTask DisposeAsync()
    {
        _held.Release();
        return _manager.DisposeAsync();
    }

    [Fact]
    public async Task Post_SameRenderTwentyTimesAtOnce_IsRenderedOnce()
    {
        var renders = Enumerable.Range(0, 20).Select(_ => _manager.RenderAsync(s_request)).ToList();
        await _manager.JoinedAsync(19);
        _held.Release();
        Assert.All(await Task.WhenAll(renders), result => Assert.Equal(RenderOutcome.Rendered, result.Outcome));
        Assert.Single(_held.Server.Calls);
    }

    [Fact]
    public async Task Post_AfterTheAnswer_TheNextRequestIsRenderedAgain()
    {
        _held.Release();
        await _manager.RenderAsync(s_request);
        await _manager.RenderAsync(s_request);
        Assert.Equal(2, _held.Server.Calls.Count);
    }

    [Fact]
    public async Task Post_FirstCallerDisconnects_TheOthersGetTheAnswer()
    {
        using var first = new CancellationTokenSource();
        var leader = _manager.PostAsync(s_request, first.Token);
        await Eventually.TrueAsync(() => _held.Server.Calls.Count == 1, () => "the render at the server");
        var follower = _manager.RenderAsync(s_request);
        await _manager.JoinedAsync(1);

        await first.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);
        await Eventually.TrueAsync(async () => (await _manager.GetFleetAsync()).Callers == 1, () => "one caller in GET /fleet");
        _held.Release();
        Assert.Equal(RenderOutcome.Rendered, (await follower).Outcome);
        Assert.Single(_held.Server.Calls);
        Assert.False(_held.Server.Aborted.Task.IsCompleted);
    }

    [Fact]
    public async Task Post_AllCallersDisconnect_TheRenderIsCancelled()
    {
        using var allCallers = new CancellationTokenSource();
        var renders = Enumerable.Range(0, 3).Select(_ => _manager.PostAsync(s_request, allCallers.Token)).ToList();
        await _manager.JoinedAsync(2);
        await Eventually.TrueAsync(() => _held.Server.Calls.Count == 1, () => "the render at the server");
        await allCallers.CancelAsync();
        await _held.Server.Aborted.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.All(await Task.WhenAll(renders.Select(async render => await Record.ExceptionAsync(() => render))), Assert.NotNull);
    }

    [Fact]
    public async Task Post_JoinedCallerWithShorterTimeout_EndsAloneAtItsDeadline()
    {
        var leader = _manager.RenderAsync(s_request);
        await Eventually.TrueAsync(() => _held.Server.Calls.Count == 1, () => "the render at the server");
        using var response = await _manager.PostAsync(s_request with { DeadlineMs = 150 });
        await ManagerUnderTest.AssertProblemAsync(response, 504, "deadline");
        _held.Release();
        Assert.Equal(RenderOutcome.Rendered, (await leader).Outcome);
    }

    [Fact]
    public async Task Post_FirstCallerWithShorterTimeout_TheJoinedCallerIsRenderedAgain()
    {
        var leader = _manager.PostAsync(s_request with { DeadlineMs = 2_000 });
        await Eventually.TrueAsync(() => _held.Server.Calls.Count == 1, () => "the render at the server");
        var follower = _manager.RenderAsync(s_request);
        using var late = await leader;
        Assert.Equal(HttpStatusCode.GatewayTimeout, late.StatusCode);
        _held.Release();
        Assert.Equal(RenderOutcome.Rendered, (await follower).Outcome);
    }

    [Theory]
    [InlineData("url")]
    [InlineData("affinity")]
    [InlineData("formats")]
    [InlineData("accept")]
    [InlineData("priority")]
    public async Task Post_DifferentRender_IsNotShared(string what)
    {
        var other = what switch
        {
            "url" => s_request with { Url = ManagerUnderTest.Realm + "helium" },
            "affinity" => s_request with { Affinity = "user:ada" },
            "formats" => s_request with { Formats = [RenderFormat.Html] },
            "accept" => s_request with { Accept = ShellAcceptance.Any },
            // A waiting visitor must not be delayed by renders of the index.
            _ => s_request with { Priority = 10 },
        };
        _manager.UseAdminKey();
        var first = _manager.RenderAsync(s_request);
        await Eventually.TrueAsync(() => _held.Server.Calls.Count == 1, () => "the first at the server");
        var renders = new[] { first, _manager.RenderAsync(other) };
        await Eventually.TrueAsync(() => _held.Server.Calls.Count == 2, () => "both at the server");
        _held.Release();
        await Task.WhenAll(renders);
    }
}
