using Fleet.ServiceDefaults.Concurrency;
using Fleet.Tests.Time;

namespace Fleet.Tests.ServiceDefaults;

public sealed class AsyncAutoResetEventTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    private readonly VirtualTimeProvider _time = new();
    private readonly AsyncAutoResetEvent _event = new();

    [Fact]
    public async Task WaitAsync_SetBefore_TakesItOnce()
    {
        _event.Set();
        _event.Set();
        Assert.True(await WaitAsync(TimeSpan.Zero));
        Assert.False(await WaitAsync(TimeSpan.Zero));
    }

    [Fact]
    public async Task WaitAsync_SetMeanwhile_IsWoken()
    {
        var wait = WaitAsync(s_limit);
        Assert.False(wait.IsCompleted);
        _event.Set();
        Assert.True(await wait);
        Assert.False(await WaitAsync(TimeSpan.Zero));
    }

    [Fact]
    public async Task WaitAsync_TimeIsUp_IsFalseAndTakesNoLaterSignal()
    {
        var wait = WaitAsync(s_limit);
        _time.Advance(s_limit);
        Assert.False(await wait);
        _event.Set();
        Assert.True(await WaitAsync(TimeSpan.Zero));
    }

    [Fact]
    public async Task WaitAsync_SeveralWaiters_EachSignalWakesTheOneThatWaitedLongest()
    {
        var (first, second) = (WaitAsync(s_limit), WaitAsync(Timeout.InfiniteTimeSpan));
        _event.Set();
        Assert.True(await first);
        Assert.False(second.IsCompleted);
        _event.Set();
        Assert.True(await second);
    }

    [Fact]
    public async Task WaitAsync_CancelledBefore_ThrowsAndTheSignalStays()
    {
        _event.Set();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _event.WaitAsync(s_limit, _time, new CancellationToken(canceled: true)));
        Assert.True(await WaitAsync(TimeSpan.Zero));
    }

    [Fact]
    public async Task WaitAsync_OneOfTwoIsCancelled_TheOtherGetsTheSignal()
    {
        using var cancellation = new CancellationTokenSource();
        var cancelled = _event.WaitAsync(s_limit, _time, cancellation.Token);
        var other = WaitAsync(s_limit);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        _event.Set();
        Assert.True(await other);
    }

    [Fact]
    public async Task WaitAsync_CancelledInTheMomentOfTheSignal_TheSignalIsNotLost()
    {
        for (var i = 0; i < 200; i++)
        {
            using var cancellation = new CancellationTokenSource();
            var wait = _event.WaitAsync(s_limit, _time, cancellation.Token);
            var cancel = Task.Run(cancellation.Cancel, TestContext.Current.CancellationToken);
            _event.Set();
            await cancel;
            var taken = await TookAsync(wait);

            Assert.True(taken != await WaitAsync(TimeSpan.Zero), $"round {i}: the signal was taken {(taken ? "twice" : "by no waiter")}");
        }
    }

    [Fact]
    public async Task Reset_KeptSignal_IsCleared()
    {
        _event.Set();
        _event.Reset();
        Assert.False(await WaitAsync(TimeSpan.Zero));
    }

    private Task<bool> WaitAsync(TimeSpan timeout) => _event.WaitAsync(timeout, _time, TestContext.Current.CancellationToken);

    private static async Task<bool> TookAsync(Task<bool> wait)
    {
        try
        {
            return await wait;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
