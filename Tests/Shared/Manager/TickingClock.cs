namespace Fleet.Tests.Manager;

/// <summary>A clock that moves on only when it is looked at, by a millisecond: each heartbeat has a time of its own, and nothing ever expires,
/// however slow the machine is.</summary>
internal sealed class TickingClock : TimeProvider
{
    private static readonly DateTimeOffset s_start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => s_start.AddTicks(GetTimestamp());

    public override long GetTimestamp() => Interlocked.Add(ref _ticks, TimeSpan.TicksPerMillisecond);
}
