using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.PrerenderServer.Rendering.Diagnostics;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.ServiceDefaults;

namespace Fleet.Tests.Rendering;

/// <summary>However a render ends, its page is returned at once.</summary>
[Collection(ServerCollection.Name)]
public sealed class RendererTests(ServerFixture server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("no JSON")]
    [InlineData("[]")]
    [InlineData("7")]
    public async Task Run_AnswerThatCannotBeRead_IsUnusableAndThePageIsReplaced(string reply)
    {
        using var pool = Pool(_ => reply);
        var done = await server.RunnerOn(pool).RunAsync(RenderOperation(), Token);
        Assert.Equal(RenderOutcome.Unusable, done.Result.Outcome);
        Assert.StartsWith("The page's answer could not be read: ", done.Result.Diagnostics!.Message, StringComparison.Ordinal);
        Assert.Equal(PageCondition.Dirty, await pool.Condition);
    }

    [Fact]
    public async Task Run_MessageWithoutEnd_IsCut()
    {
        using var pool = Pool(_ => throw new PageScriptException(new string('m', 100_000), new string('s', 100_000)));
        var done = await server.RunnerOn(pool).RunAsync(RenderOperation(), Token);
        Assert.Equal((Failure.MaxMessage, Failure.MaxStack), (done.Result.Diagnostics!.Message!.Length, done.Result.Diagnostics.Stack!.Length));
    }

    [Fact]
    public async Task Run_UnexpectedException_ReturnsThePage()
    {
        using var pool = Pool(_ => throw new NotSupportedException("not foreseen"));
        await Assert.ThrowsAsync<NotSupportedException>(() => server.RunnerOn(pool).RunAsync(RenderOperation(), Token));
        Assert.Equal(PageCondition.Dirty, await pool.Condition);
    }

    [Fact]
    public async Task Run_LeaseRevokedDuringTheTimeoutDiagnosis_IsNoVerdict()
    {
        OnePagePool? pool = null;
        var questions = 0;
        using var late = pool = Pool(_ =>
        {
            if (questions++ == 0)
            {
                throw new BrowserTimeoutException("late");
            }

            pool!.Revoke();
            throw new OperationCanceledException();
        });
        var done = await server.RunnerOn(pool).RunAsync(RenderOperation(), Token);
        Assert.Equal(RenderOutcome.NoVerdict, done.Result.Outcome);
        Assert.Equal(PageCondition.Hung, await pool.Condition);
    }

    [Fact]
    public async Task Run_PageThatHung_TheNextVisitsOfItsRealmHaveTheDebugger()
    {
        var page = new FakePage { Answer = _ => throw new BrowserTimeoutException("busy") };
        using var pool = new OnePagePool(page, server.Pool.Snapshot);
        var visit = RenderOperation() with { Affinity = AffinityKey.Realm($"http://h/{Guid.NewGuid():N}/"), Formats = [RenderFormat.Html] };
        var done = await server.RunnerOn(pool).RunAsync(visit, Token);
        await server.RunnerOn(pool).RunAsync(visit with { Url = server.Site["elements/another"] }, Token);
        await server.RunnerOn(pool).RunAsync(visit with { Affinity = AffinityKey.Realm($"http://h/{Guid.NewGuid():N}/") }, Token);

        Assert.Equal(RenderOutcome.TimedOut, done.Result.Outcome);
        Assert.Equal([false, true, false], page.MayHang);
    }

    [Fact]
    public async Task Run_StartedCommandLosesClientAndPage_HasAResultToKeep()
    {
        using var client = new CancellationTokenSource();
        OnePagePool? pool = null;
        using var lost = pool = Pool(_ =>
        {
            client.Cancel();
            pool!.Revoke();
            throw new OperationCanceledException();
        });
        var visit = RenderOperation() with { Affinity = new AffinityKey("user", "lost"), Command = new CommandCall("write", "null", Guid.NewGuid().ToString("N")) };
        var done = await server.RunnerOn(pool).RunAsync(visit, client.Token);
        Assert.Equal(RenderOutcome.NoVerdict, done.Result.Outcome);
        Assert.NotNull(visit.Command.Started);
    }

    private OnePagePool Pool(Func<string, string> answer) => new(new FakePage { Answer = answer }, server.Pool.Snapshot);

    private RenderOperation RenderOperation() => new(
        server.Site[$"elements/{Guid.NewGuid():N}"], AffinityKey.Realm(server.Site["elements/"].AbsoluteUri), [RenderFormat.Atom],
        new Deadline(TimeSpan.FromSeconds(4), TimeProvider.System), 0, default, "id", "");
}
