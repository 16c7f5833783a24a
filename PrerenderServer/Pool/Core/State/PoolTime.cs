namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>Arithmetic on points in time that may be "never".</summary>
internal static class PoolTime
{
    /// <summary>A point in time plus a span; <see cref="TimeSpan.MaxValue"/> ("never") when the sum would overflow.</summary>
    public static TimeSpan After(TimeSpan now, TimeSpan span) => span >= TimeSpan.MaxValue - now ? TimeSpan.MaxValue : now + span;

    /// <summary>The earlier one.</summary>
    public static TimeSpan Earlier(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
