using Fleet.RealmServer.Rendering;
using Fleet.RealmServer.Site;

namespace Fleet.Tests.RealmServer;

/// <summary>The urgency of a queued page that several callers request at the same moment.</summary>
public sealed class RenderJobTests
{
    private const int Rounds = 200_000;

    [Fact]
    public async Task RaiseTo_VisitorAndVerifiedCrawlerAtOnce_TheCrawlersTurnIsKept()
    {
        var jobs = Enumerable.Range(0, Rounds).Select(_ => New()).ToArray();
        var arrived = 0;
        var lost = 0;

        await Task.WhenAll(
            Task.Factory.StartNew(() => RaiseAll(RenderUrgency.Visited), TaskCreationOptions.LongRunning),
            Task.Factory.StartNew(() => RaiseAll(RenderUrgency.Verified), TaskCreationOptions.LongRunning));

        // One of the two calls created the crawler's turn, and no other is needed.
        Assert.Equal(0, lost);
        Assert.Equal(0, jobs.Count(job => job.RaiseTo(RenderUrgency.Verified)));

        void RaiseAll(RenderUrgency urgency)
        {
            for (var round = 0; round < Rounds; round++)
            {
                // Both threads pass this point within nanoseconds of each other; a barrier would wake them further apart.
                Interlocked.Increment(ref arrived);
                var spin = new SpinWait();
                while (Volatile.Read(ref arrived) < 2 * (round + 1))
                {
                    spin.SpinOnce(sleep1Threshold: -1);
                }

                if (!jobs[round].RaiseTo(urgency) && urgency == RenderUrgency.Verified)
                {
                    Interlocked.Increment(ref lost);
                }
            }
        }
    }

    [Theory]
    [InlineData(nameof(RenderUrgency.Index), nameof(RenderUrgency.Awaited), true)]
    [InlineData(nameof(RenderUrgency.Awaited), nameof(RenderUrgency.Visited), true)]
    [InlineData(nameof(RenderUrgency.Visited), nameof(RenderUrgency.Verified), true)]
    [InlineData(nameof(RenderUrgency.Visited), nameof(RenderUrgency.Awaited), false)]
    [InlineData(nameof(RenderUrgency.Awaited), nameof(RenderUrgency.Awaited), false)]
    [InlineData(nameof(RenderUrgency.Verified), nameof(RenderUrgency.Visited), false)]
    [InlineData(nameof(RenderUrgency.Visited), nameof(RenderUrgency.Index), false)]
    public void RaiseTo_SecondRequest_HasAnEarlierTurnIfItIsMoreUrgent(string one, string other, bool isEarlier)
    {
        var (first, second) = (Enum.Parse<RenderUrgency>(one), Enum.Parse<RenderUrgency>(other));
        var job = New();
        Assert.True(job.RaiseTo(first));
        Assert.Equal(isEarlier, job.RaiseTo(second));
        // The deadline is the crawler's, whichever request created the turn.
        Assert.Equal(first > second ? first : second, job.TryBegin());
    }

    [Theory]
    [InlineData(nameof(RenderUrgency.Visited), nameof(RenderUrgency.Visited), true)]
    [InlineData(nameof(RenderUrgency.Visited), nameof(RenderUrgency.Awaited), false)]
    [InlineData(nameof(RenderUrgency.Visited), nameof(RenderUrgency.Verified), false)]
    [InlineData(nameof(RenderUrgency.Awaited), nameof(RenderUrgency.Visited), true)]
    [InlineData(nameof(RenderUrgency.Awaited), nameof(RenderUrgency.Verified), true)]
    [InlineData(nameof(RenderUrgency.Verified), nameof(RenderUrgency.Awaited), true)]
    public void Serves_JobThatHasBegun_ACrawlerOnlyIfItWasBegunForOne(string begunAs, string requestedAs, bool isServed)
    {
        var (begun, request) = (Enum.Parse<RenderUrgency>(begunAs), Enum.Parse<RenderUrgency>(requestedAs));
        var job = New();
        job.RaiseTo(begun);
        Assert.True(job.Serves(request));
        job.TryBegin();
        Assert.Equal(isServed, job.Serves(request));
    }

    private static RenderJob New() => new(new PageSource("http://h/", "http://h/a", 0));
}
