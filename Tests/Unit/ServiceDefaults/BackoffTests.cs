using Fleet.ServiceDefaults;

namespace Fleet.Tests.ServiceDefaults;

public sealed class BackoffTests
{
    private static readonly Backoff s_backoff = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(4, 8)]
    [InlineData(5, 10)]
    [InlineData(64, 10)]
    [InlineData(int.MaxValue, 10)]
    public void After_FailuresInARow_DoublesUpToTheLongest(int failures, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), s_backoff.After(failures));

    [Fact]
    public void After_LongestPauseThereIs_DoesNotOverflow() =>
        Assert.Equal(TimeSpan.MaxValue, new Backoff(TimeSpan.FromDays(1), TimeSpan.MaxValue).After(int.MaxValue));

    [Theory]
    [InlineData(0, 4)]
    [InlineData(0.5, 3.6)]
    [InlineData(1, 3.2)]
    public void After_Random_TakesUpToAFifthOff(double random, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), s_backoff.After(3, random));
}
