using Fleet.Manager.Scheduling;

namespace Fleet.Tests.Manager;

public sealed class ThroughputEstimatorTests
{
    private readonly ThroughputEstimator _rate = new();

    [Fact]
    public void TimeFor_NothingMeasured_IsWhatTheServersSay() => Assert.Equal(TimeSpan.FromSeconds(1), _rate.TimeFor(20, slots: 4, renderMs: 200));

    [Fact]
    public void TimeFor_Measured_IsTheMeasuredRate()
    {
        Leave(from: 0, count: 10, everyMs: 500);
        Assert.Equal(TimeSpan.FromSeconds(10), _rate.TimeFor(20, slots: 4, renderMs: 200));
    }

    [Fact]
    public void TimeFor_IdleTimeBetweenBusyPeriods_DoesNotCount()
    {
        Leave(from: 0, count: 10, everyMs: 500);
        _rate.RecordEnd(TimeSpan.FromMilliseconds(5000), isWaitedFor: false);
        Leave(from: 3_600_000, count: 10, everyMs: 500);
        Assert.Equal(TimeSpan.FromSeconds(10), _rate.TimeFor(20, slots: 4, renderMs: 200));
    }

    private void Leave(int from, int count, int everyMs)
    {
        for (var i = 0; i < count; i++)
        {
            _rate.RecordEnd(TimeSpan.FromMilliseconds(from + (i * everyMs)), isWaitedFor: true);
        }
    }
}
