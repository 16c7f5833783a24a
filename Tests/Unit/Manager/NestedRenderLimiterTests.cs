using Fleet.ServiceDefaults;
using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.Manager.Scheduling;
using Fleet.Tests.Time;

namespace Fleet.Tests.Manager;

public sealed class NestedRenderLimiterTests
{
    private readonly VirtualTimeProvider _clock = new();
    private readonly NestedRenderLimiter _limiter;
    private int _started;

    public NestedRenderLimiterTests() => _limiter = new(_clock);

    [Fact]
    public async Task Run_MoreThanMayBeUnderWay_TheNextStartsWhenOneHasEnded()
    {
        var end = new TaskCompletionSource<RenderAnswer>();
        var one = Start(Cause("a", 0), end.Task);
        var rest = Enumerable.Range(0, NestedRenderLimiter.MaxPerCause).Select(_ => Start(Cause("a", 0), end.Task)).ToList();
        Assert.Equal(NestedRenderLimiter.MaxPerCause, _started);

        // A render of another cause or depth has its own limit: one that is in flight may wait for it.
        _ = Start(Cause("b", 0), end.Task);
        _ = Start(Cause("a", 1), end.Task);
        _ = Start(null, end.Task);
        Assert.Equal(NestedRenderLimiter.MaxPerCause + 3, _started);

        end.SetResult(Answer());
        await Task.WhenAll([one, .. rest]);
        Assert.Equal(NestedRenderLimiter.MaxPerCause + 4, _started);
    }

    [Fact]
    public async Task Run_DeadlinePassesBeforeThereIsAPermit_IsAnError()
    {
        var end = new TaskCompletionSource<RenderAnswer>();
        var running = Enumerable.Range(0, NestedRenderLimiter.MaxPerCause).Select(_ => Start(Cause("a", 0), end.Task)).ToList();
        var late = Start(Cause("a", 0), end.Task);
        _clock.Advance(TimeSpan.FromSeconds(10));
        var refused = await late.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal((504, "deadline"), (refused.RenderError?.Status, refused.RenderError?.Reason));

        end.SetResult(Answer());
        await Task.WhenAll(running);
        await Start(Cause("a", 0), end.Task);
        Assert.Equal(NestedRenderLimiter.MaxPerCause + 1, _started);
    }

    private static RenderAnswer Answer() => new RenderResult { Outcome = RenderOutcome.Rendered, Url = ManagerUnderTest.Card };

    private static RenderLineage Cause(string id, int depth) => new(id, depth, 0, DateTimeOffset.MaxValue);

    private async Task<RenderAnswer> Start(RenderLineage? cause, Task<RenderAnswer> answer)
    {
        using var permit = await _limiter.EnterAsync(
            new RenderOperation(new() { Url = ManagerUnderTest.Card }, "realm", "id", new Deadline(TimeSpan.FromSeconds(10), _clock), cause),
            TestContext.Current.CancellationToken);
        if (permit.Error is { } error)
        {
            return error;
        }

        Interlocked.Increment(ref _started);
        return await answer;
    }
}
