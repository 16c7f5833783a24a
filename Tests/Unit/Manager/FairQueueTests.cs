using Fleet.Manager.Scheduling;

namespace Fleet.Tests.Manager;

public sealed class FairQueueTests
{
    private readonly FairQueue<string> _queue = new(100);

    [Fact]
    public void TakeNext_OneLane_InOrderOfArrival()
    {
        Add("a1", "a");
        Add("a2", "a");
        Assert.Equal(["a1", "a2", "none"], Take(3));
    }

    [Fact]
    public void TakeNext_LongLaneFirst_TakesTurnsWithTheShortOne()
    {
        Fill("index", 50);
        Add("b1", "b");
        Add("b2", "b");
        Assert.Equal(["index0", "b1", "index1", "b2", "index2"], Take(5));
    }

    [Fact]
    public void TakeNext_LaneThatComesLate_IsNotOwedTheTimeBefore()
    {
        Fill("a", 20);
        Take(10);
        Add("b1", "b");
        Add("b2", "b");
        Add("b3", "b");
        Assert.Equal(2, Take(4).Count(name => name.StartsWith('b')));
    }

    [Fact]
    public void TakeNext_PriorityTen_ElevenToOneAndTheOtherDoesNotStarve()
    {
        Fill("a", 50);
        for (var i = 0; i < 50; i++)
        {
            Add($"visitor{i}", "a", priority: 10);
        }

        Assert.InRange(Take(24).Count(name => name.StartsWith('a')), 2, 3);
    }

    [Fact]
    public void Add_Full_TheLongestLaneGivesUpItsNewest()
    {
        Fill("index", 100);
        Assert.Equal("index99", _queue.Add("b1", "b", 0));
        Assert.Equal(100, _queue.Count);
        Assert.Equal("index100", _queue.Add("index100", "index", 0));
        Assert.Equal(["index0", "b1"], Take(2));
    }

    [Fact]
    public void Add_QueueIsFull_TheNewItemIsRefused() => Assert.Equal("a", new FairQueue<string>(0).Add("a", "a", 0));

    [Fact]
    public void Remove_OneThatWaits_OthersKeepTheirOrder()
    {
        Fill("a", 3);
        Assert.True(_queue.Remove("a1"));
        Assert.False(_queue.Remove("a1"));
        Assert.Equal(["a0", "a2", "none"], Take(3));
    }

    [Fact]
    public void Remove_ManyOfALane_TheLaneIsNotChargedForThem()
    {
        Fill("a", 50);
        Add("b1", "b");
        Add("b2", "b");
        Add("b3", "b");
        for (var i = 1; i < 50; i++)
        {
            Assert.True(_queue.Remove($"a{i}"));
        }

        Assert.Equal(3, _queue.CountAhead("a", 0));
        Add("a50", "a");
        Assert.Equal(["a0", "b1", "b2", "a50", "b3", "none"], Take(6));
    }

    [Fact]
    public void CountAhead_ShortLane_CountsOnlyThoseThatGoFirst()
    {
        Fill("index", 50);
        Assert.Equal(50, _queue.CountAhead("index", 0));
        Assert.Equal(1, _queue.CountAhead("b", 0));
    }

    [Fact]
    public void TakeNext_ManyLanesHaveHadTheirTurn_TheLatestIsStillChargedForIt()
    {
        var queue = new FairQueue<string>(2);
        queue.Add("w1", "w", 0);
        queue.Add("w2", "w", 0);
        queue.TakeNext();
        for (var i = 0; i < 20; i++)
        {
            Assert.Null(queue.Add($"x{i}", $"x{i}", 0));
            Assert.Equal($"x{i}", queue.TakeNext());
        }

        // It was served before w2 just now, so w2 is next.
        queue.Add("x19 again", "x19", 0);
        Assert.Equal("w2", queue.TakeNext());
    }

    [Fact]
    public void TakeNext_TimeAdvances_LanesThatTheOthersHaveCaughtUpWithAreRemoved()
    {
        Fill("w", 3);
        Take(1);
        for (var i = 0; i < 10; i++)
        {
            Add($"x{i}", $"x{i}");
            Take(1);
        }

        Assert.Equal(11, _queue.Lanes);
        Take(1);
        Assert.Equal(1, _queue.Lanes);
    }

    [Fact]
    public void TakeNext_LastOne_EveryLaneIsRemoved()
    {
        Fill("w", 2);
        Add("x", "x");
        Take(3);
        Assert.Equal(0, _queue.Lanes);
        Add("w again", "w");
        Assert.Equal(1, _queue.CountAhead("new", 0));
        Assert.Equal(["w again", "none"], Take(2));
    }

    private void Add(string name, string affinity, int priority = 0) => Assert.Null(_queue.Add(name, affinity, priority));

    private void Fill(string affinity, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Add($"{affinity}{i}", affinity);
        }
    }

    private string[] Take(int count) => [.. Enumerable.Range(0, count).Select(_ => _queue.TakeNext() ?? "none")];
}
