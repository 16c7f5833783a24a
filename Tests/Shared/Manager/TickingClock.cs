namespace Fleet.Tests.Manager;

/// <summary>A clock that advances by a millisecond each time it is read: each heartbeat has its own time, and nothing expires,
/// however slow the machine is.</summary>
internal sealed class TickingClock : TimeProvider
{
    private static readonly DateTimeOffset s_start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => s_start.AddTicks(GetTimestamp());

    public override long GetTimestamp() => Interlocked.Add(ref _ticks, TimeSpan.TicksPerMillisecond);
}
