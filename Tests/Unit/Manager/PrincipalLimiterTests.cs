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
    public void TryAdmit_FurtherPrincipal_WaitsUntilTheFirstHasNotBeenUsedForAMinute()
    {
        Assert.True(_limiter.TryAdmit("a#1", out _));
        _clock.Advance(TimeSpan.FromSeconds(20));

        Assert.True(_limiter.TryAdmit("a#1", out _));
        Assert.Equal((false, TimeSpan.FromMinutes(1)), (_limiter.TryAdmit("a#2", out var wait), wait));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(_limiter.TryAdmit("a#2", out _));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void TryAdmit_ClockIsSet_IsAsLong(int hours)
    {
        Assert.True(_limiter.TryAdmit("a#1", out _));

        _clock.SetClock(TimeSpan.FromHours(hours));

        Assert.Equal((false, TimeSpan.FromMinutes(1)), (_limiter.TryAdmit("a#2", out var wait), wait));
    }
}
