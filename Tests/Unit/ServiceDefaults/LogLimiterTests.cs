using Fleet.ServiceDefaults.Telemetry;
using Fleet.Tests.Time;

namespace Fleet.Tests.ServiceDefaults;

public sealed class LogLimiterTests
{
    [Fact]
    public void TryTake_Flood_WritesSoManyPerWindowAndCountsTheRest()
    {
        var clock = new VirtualTimeProvider();
        var limiter = new LogLimiter(2, TimeSpan.FromSeconds(10), clock);
        Assert.Equal("0 0 - - -", Take(limiter, 5));
        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal("-", Take(limiter, 1));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("4 0 -", Take(limiter, 3));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("1", Take(limiter, 1));
    }

    private static string Take(LogLimiter limiter, int times) =>
        string.Join(' ', Enumerable.Range(0, times).Select(_ => limiter.TryTake(out var omitted) ? $"{omitted}" : "-"));
}
