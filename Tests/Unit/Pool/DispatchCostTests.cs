using Fleet.Contracts;
using Fleet.PrerenderServer.Pool.Core;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Tests.Pool;

/// <summary>The cost of an event does not grow with the number of waiters. The benchmark measures times; allocated bytes are exact, so they are tested.</summary>
public sealed class DispatchCostTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(10_000)]
    public void OneEvent_WithTenThousandWaiters_AllocatesWhatItDoesWithAHundred(int affinities)
    {
        var (few, many) = (Allocated(100, affinities), Allocated(10_000, affinities));
        Assert.True(many <= few + 256, $"{few} bytes with 100 waiters, {many} with 10,000.");
    }

    private static long Allocated(int waiters, int affinities)
    {
        var options = new PoolOptions { Slots = 16, HighPrioritySlots = 0, MaxDepth = 1, MinStandby = 0 };
        var core = new PoolCore(new PoolRules(options));
        core.Apply(new Started(), TimeSpan.Zero);
        for (var i = 0; i < waiters; i++)
        {
            var request = new LeaseRequest($"realm:{i % affinities}", 0, i % 3, TimeSpan.FromHours(1), ShellAcceptance.FreshOrWait);
            core.Apply(new PageRequested(i + 1, request), TimeSpan.Zero);
        }

        // The queue has its final size. The first event may still allocate buffers that later events reuse.
        core.Apply(new BrowserLaunched(1), TimeSpan.Zero);
        core.Apply(new TimePassed(), TimeSpan.FromSeconds(1));
        var before = GC.GetAllocatedBytesForCurrentThread();
        core.Apply(new PageBooted(1, 1, null), TimeSpan.FromSeconds(2));
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
