using Fleet.Tests.InMemory;

namespace Fleet.Tests.Registry;

public sealed class FreshnessTests
{
    [Theory]
    [InlineData(0, true)]
    [InlineData(15_000, true)]
    [InlineData(15_001, false)]
    [InlineData(-15_000, true)] // The clock was set back slightly: entries expire slightly later.
    [InlineData(-15_001, false)] // The clock was set back by more: a live service reports again within 5 s.
    public void IsLive_Age_IsBoundedOnBothSides(int ageMilliseconds, bool expected)
    {
        var now = DateTimeOffset.UnixEpoch.AddYears(60);

        Assert.Equal(expected, Freshness.IsLive(now.AddMilliseconds(-ageMilliseconds), now, TimeSpan.FromSeconds(15)));
    }
}
