using Fleet.Manager;
using Fleet.Manager.Rendering;
using Fleet.Tests.Time;
using Microsoft.Extensions.Options;

namespace Fleet.Tests.Manager;

public sealed class PrincipalLimiterTests
{
    private readonly VirtualTimeProvider _clock = new();
    private readonly PrincipalLimiter _limiter;

    public PrincipalLimiterTests() => _limiter = new(Options.Create(new ManagerOptions { MaxPrincipalsWithoutKey = 1 }), _clock);

    [Fact]
    public void WaitOf_FurtherPrincipal_WaitsUntilTheFirstHasNotBeenUsedForAMinute()
    {
        Assert.Null(_limiter.WaitOf("a#1"));
        _clock.Advance(TimeSpan.FromSeconds(20));

        Assert.Null(_limiter.WaitOf("a#1"));
        Assert.Equal(TimeSpan.FromMinutes(1), _limiter.WaitOf("a#2"));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(_limiter.WaitOf("a#2"));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void WaitOf_ClockIsSet_IsAsLong(int hours)
    {
        Assert.Null(_limiter.WaitOf("a#1"));

        _clock.SetClock(TimeSpan.FromHours(hours));

        Assert.Equal(TimeSpan.FromMinutes(1), _limiter.WaitOf("a#2"));
    }
}
