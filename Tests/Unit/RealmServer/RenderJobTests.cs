using Fleet.RealmServer.Rendering;
using Fleet.RealmServer.Site;

namespace Fleet.Tests.RealmServer;

/// <summary>How urgent a queued page is when several callers ask for it at the same moment.</summary>
public sealed class RenderJobTests
{
    private const int Rounds = 200_000;

    [Fact]
    public async Task RaiseTo_VisitorAndCrawlerAtOnce_TheCrawlersUrgencyIsKept()
    {
        var jobs = Enumerable.Range(0, Rounds).Select(_ => new RenderJob(new PageSource("http://h/", "http://h/a", 0))).ToArray();
        var arrived = 0;
        var lost = 0;

        await Task.WhenAll(
            Task.Factory.StartNew(() => RaiseAll(RenderUrgency.Visited), TaskCreationOptions.LongRunning),
            Task.Factory.StartNew(() => RaiseAll(RenderUrgency.Awaited), TaskCreationOptions.LongRunning));

        // Whoever raises it last brings the crawler's turn, and none is needed after that.
        Assert.Equal(0, lost);
        Assert.Equal(0, jobs.Count(job => job.RaiseTo(RenderUrgency.Awaited)));

        void RaiseAll(RenderUrgency urgency)
        {
            for (var round = 0; round < Rounds; round++)
            {
                // Both leave this point within nanoseconds of each other, which a barrier's wake-up does not do.
                Interlocked.Increment(ref arrived);
                var spin = new SpinWait();
                while (Volatile.Read(ref arrived) < 2 * (round + 1))
                {
                    spin.SpinOnce(sleep1Threshold: -1);
                }

                if (!jobs[round].RaiseTo(urgency) && urgency == RenderUrgency.Awaited)
                {
                    Interlocked.Increment(ref lost);
                }
            }
        }
    }

    [Fact]
    public void RaiseTo_LessUrgentOrTheSame_IsNoNews()
    {
        var job = new RenderJob(new PageSource("http://h/", "http://h/a", 0));
        Assert.True(job.RaiseTo(RenderUrgency.Visited));
        Assert.True(job.RaiseTo(RenderUrgency.Awaited));
        Assert.False(job.RaiseTo(RenderUrgency.Awaited));
        Assert.False(job.RaiseTo(RenderUrgency.Visited));
    }
}
