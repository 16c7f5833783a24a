using Fleet.AppHost.Local;

namespace Fleet.Tests.AppHost;

public sealed class RestartDelayTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(5, 16)]
    [InlineData(6, 30)]
    [InlineData(1000, 30)]
    public void For_Attempt_DoublesUpToABound(int attempt, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RestartDelay.For(attempt));

    [Theory]
    [InlineData(4, 5, 5)]
    [InlineData(4, 60, 1)]
    [InlineData(0, 0, 1)]
    public void NextAttempt_LongLife_StartsAnew(int attempt, int livedSeconds, int next) =>
        Assert.Equal(next, RestartDelay.NextAttempt(attempt, TimeSpan.FromSeconds(livedSeconds)));
}
