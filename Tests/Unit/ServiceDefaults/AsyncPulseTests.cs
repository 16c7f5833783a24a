using Fleet.ServiceDefaults.Concurrency;

namespace Fleet.Tests.ServiceDefaults;

public sealed class AsyncPulseTests
{
    [Fact]
    public void PulseAll_SeveralWait_AllAreWokenAndLaterOnesAreNot()
    {
        var pulse = new AsyncPulse();
        var (first, second) = (pulse.Next, pulse.Next);
        Assert.False(first.IsCompleted);

        pulse.PulseAll();

        Assert.True(first.IsCompletedSuccessfully && second.IsCompletedSuccessfully);
        Assert.False(pulse.Next.IsCompleted);
    }
}
