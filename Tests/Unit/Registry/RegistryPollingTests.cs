using Fleet.Registry.Watching;

namespace Fleet.Tests.Registry;

public sealed class RegistryPollingTests
{
    [Theory]
    [InlineData(0, 0, 5_000)]
    [InlineData(0, 1, 4_000)]
    [InlineData(1, 0, 250)]
    [InlineData(1, 1, 200)]
    [InlineData(2, 0, 500)]
    [InlineData(3, 0, 1_000)]
    [InlineData(5, 0, 4_000)]
    [InlineData(6, 0, 5_000)]
    [InlineData(int.MaxValue, 0.5, 4_500)]
    public void PauseAfter_Failures_DoublesUpToThePoll(int failures, double random, int expectedMilliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(expectedMilliseconds), RegistryPolling.PauseAfter(failures, random));
}
