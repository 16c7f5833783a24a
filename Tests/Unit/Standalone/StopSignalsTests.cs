using Fleet.Standalone.CommandLine;
using Fleet.Tests.Time;

namespace Fleet.Tests.Standalone;

public sealed class StopSignalsTests
{
    private readonly VirtualTimeProvider _time = new();
    private int _exits;

    [Fact]
    public void Receive_First_RequestsAStop()
    {
        using var signals = new StopSignals(_time, () => _exits++);

        signals.Receive();

        Assert.True(signals.Requested.IsCancellationRequested);
        Assert.Equal(0, _exits);
    }

    [Fact]
    public void Receive_SecondLater_EndsTheProcess()
    {
        using var signals = new StopSignals(_time, () => _exits++);
        signals.Receive();

        _time.Advance(TimeSpan.FromSeconds(1));
        signals.Receive();

        Assert.Equal(1, _exits);
    }

    [Fact]
    public void Receive_SameOneAgainFromAParent_IsOneSignal()
    {
        using var signals = new StopSignals(_time, () => _exits++);

        signals.Receive();
        signals.Receive();

        Assert.Equal(0, _exits);
    }
}
