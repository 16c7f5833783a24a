using Fleet.Contracts;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.PrerenderServer.Registration;

namespace Fleet.Tests.Rendering;

/// <summary>A recycle of the fleet arrives at a server by a request and by a notification, in any order, and is carried out once.</summary>
public sealed class RecyclerTests
{
    [Fact]
    public void Recycle_GenerationThatWasReceivedBefore_IsCarriedOutOnce()
    {
        var pool = new CountingPool();
        var recycler = new Recycler(pool);

        Assert.True(recycler.Recycle(7));
        Assert.False(recycler.Recycle(7));
        Assert.False(recycler.Recycle(6));
        Assert.True(recycler.Recycle(8));

        Assert.Equal(2, pool.Recycles);
    }

    [Fact]
    public void Recycle_OfThisServerAlone_IsAlwaysCarriedOutAndKeepsNoneOfTheFleetFromIt()
    {
        var pool = new CountingPool();
        var recycler = new Recycler(pool);

        Assert.True(recycler.Recycle(null));
        Assert.True(recycler.Recycle(null));
        // The generation of a manager or a registry whose clock is far behind this server's.
        Assert.True(recycler.Recycle(1));
        Assert.True(recycler.Recycle(null));
        Assert.False(recycler.Recycle(1));

        Assert.Equal(4, pool.Recycles);
    }

    private sealed class CountingPool : IPagePool
    {
        public int Recycles { get; private set; }

        public PoolSnapshot Snapshot => PoolSnapshot.Empty;

        public void RecycleBrowser(string reason) => Recycles++;

        public Task<PageLease> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public void ShellChanged(HostShell shell) => throw new NotSupportedException();

        public void DisposeAffinity(string affinity, bool revoke) => throw new NotSupportedException();
    }
}
