using Fleet.ServiceDefaults.Stopping;
using Fleet.Tests.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.ServiceDefaults;

public sealed class RequestDrainTests
{
    private readonly RequestDrain _drain = new();

    [Fact]
    public void TryEnter_Open_CountsUntilTheTicketIsDisposed()
    {
        var first = _drain.TryEnter()!;
        using var second = _drain.TryEnter()!;
        Assert.Equal((1, 2, 2), (first.Number, second.Number, _drain.InFlight));

        first.Dispose();
        first.Dispose();
        Assert.Equal(1, _drain.InFlight);
    }

    [Fact]
    public void TryEnter_Paused_IsRejectedUntilItIsResumed()
    {
        using var running = _drain.TryEnter();
        var changed = _drain.Changed.Next;
        _drain.Pause();
        Assert.True(changed.IsCompleted);
        Assert.True(_drain.IsDraining);
        Assert.Null(_drain.TryEnter());

        changed = _drain.Changed.Next;
        Assert.True(_drain.TryResume());
        Assert.True(changed.IsCompleted);
        Assert.False(_drain.IsDraining);
        using var next = _drain.TryEnter();
        Assert.Equal(2, _drain.InFlight);
    }

    [Fact]
    public void TryResume_Stopping_IsRefused()
    {
        _drain.Pause();
        _drain.Stop();
        Assert.False(_drain.TryResume());
        Assert.True(_drain.IsDraining);
        Assert.Null(_drain.TryEnter());
    }

    [Fact]
    public void Idle_PausedAndEmpty_CompletesOnlyWhenItStops()
    {
        _drain.Pause();
        Assert.False(_drain.Idle.IsCompleted);
        _drain.Stop();
        Assert.True(_drain.Idle.IsCompleted);
    }

    [Fact]
    public async Task DrainOnStop_RequestInFlight_WaitsForItAndNotForLongerThanTheTimeout()
    {
        var time = new VirtualTimeProvider();
        using var running = _drain.TryEnter()!;
        var stopping = new DrainOnStop(_drain, TimeSpan.FromSeconds(20), time, NullLogger<DrainOnStop>.Instance).StoppingAsync(CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(19));
        Assert.False(stopping.IsCompleted);
        Assert.True(_drain.IsDraining);

        time.Advance(TimeSpan.FromSeconds(1));
        await stopping.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal(1, _drain.InFlight);
    }

    [Fact]
    public async Task DrainOnStop_LastRequestEnds_Continues()
    {
        var running = _drain.TryEnter()!;
        var stopping = new DrainOnStop(_drain, TimeSpan.FromSeconds(20), new VirtualTimeProvider(), NullLogger<DrainOnStop>.Instance).StoppingAsync(CancellationToken.None);
        Assert.False(stopping.IsCompleted);

        running.Dispose();
        await stopping.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }
}
