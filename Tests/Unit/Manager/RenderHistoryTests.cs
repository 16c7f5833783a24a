using Fleet.Manager.Telemetry;
using Fleet.Tests.Time;

namespace Fleet.Tests.Manager;

/// <summary>The last hour of renders.</summary>
public sealed class RenderHistoryTests
{
    private static readonly TimeSpan s_bucket = TimeSpan.FromSeconds(RenderHistory.BucketSeconds);

    private readonly VirtualTimeProvider _clock = new();
    private readonly RenderHistory _history;

    public RenderHistoryTests() => _history = new(_clock);

    [Fact]
    public void Points_RendersOfTwoBuckets_AreCountedSeparately()
    {
        _history.Answered(isFailed: false, isOverload: false, isWarm: true, TimeSpan.FromMilliseconds(100));
        _history.Answered(isFailed: true, isOverload: false, isWarm: null, TimeSpan.FromMilliseconds(1));
        _clock.Advance(s_bucket);
        _history.Answered(isFailed: false, isOverload: false, isWarm: false, TimeSpan.FromMilliseconds(100));
        Assert.Equal([(2, 1, 1, 0), (1, 0, 0, 1)], _history.Points.Select(point => (point.Renders, point.Failed, point.Warm, point.Cold)));
        Assert.Equal(s_bucket.TotalSeconds, _history.Points[1].At - _history.Points[0].At);
    }

    [Fact]
    public void Points_NothingHappens_AreNone()
    {
        _history.Queued(0);
        Assert.Empty(_history.Points);
    }

    [Fact]
    public void Points_AfterAnHour_AreForgottenAndTheRingIsBounded()
    {
        for (var i = 0; i < 2 * RenderHistory.Length; i++)
        {
            _history.Queued(i + 1);
            Assert.True(_history.Points.Count <= RenderHistory.Length);
            _clock.Advance(s_bucket);
        }

        Assert.Equal((2 * RenderHistory.Length) - (RenderHistory.Length - 2), _history.Points[0].Queued);
        _clock.Advance(RenderHistory.Length * s_bucket);
        Assert.Empty(_history.Points);
    }

    [Fact]
    public void LastMinute_RendersAndQueue_AreThoseOfTheLastMinute()
    {
        _history.Answered(isFailed: true, isOverload: true, isWarm: null, TimeSpan.Zero);
        _clock.Advance(TimeSpan.FromMinutes(1));
        _history.Queued(7);
        _history.Answered(isFailed: true, isOverload: true, isWarm: null, TimeSpan.Zero);
        _history.Answered(isFailed: false, isOverload: false, isWarm: true, TimeSpan.Zero);
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(new RecentLoad(2, 1, 1, 7), _history.LastMinute);
    }

    [Theory]
    [InlineData(new double[0], 0.5, 0)]
    [InlineData(new double[] { 0 }, 0.5, 1)]
    [InlineData(new double[] { 100 }, 0.95, 108.4)]
    [InlineData(new double[] { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1000 }, 0.5, 1)]
    [InlineData(new double[] { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1000 }, 0.95, 1009.7)]
    [InlineData(new double[] { 1e9 }, 0.5, 171038.6)]
    public void Percentile_OfDurations_IsTheUpperBoundOfItsClass(double[] milliseconds, double part, double expected)
    {
        var counts = new DurationCounts();
        foreach (var duration in milliseconds)
        {
            counts.Add(TimeSpan.FromMilliseconds(duration));
        }

        Assert.Equal(expected, counts.Percentile(part), 0.1 + (expected / 100));
    }

    [Fact]
    public void RecentRenders_ManyRenders_AreBoundedNewestAndSlowestFirst()
    {
        var recent = new RecentRenders(_clock);
        for (var i = 0; i < 2 * RecentRenders.MaxRecent; i++)
        {
            recent.Add(new() { At = _clock.GetUtcNow(), RequestId = $"{i}", Url = $"https://app.example/{i}", Affinity = "realm:https://app.example/", Outcome = "rendered", DurationMs = i % 700 });
        }

        Assert.Equal(RecentRenders.MaxRecent, recent.Newest(null).Count);
        Assert.Equal("999", recent.Newest(null)[0].RequestId);
        Assert.Equal(RecentRenders.MaxSlowest, recent.Slowest(null).Count);
        Assert.Equal(["699", "698"], recent.Slowest(null).Take(2).Select(render => render.RequestId));
        Assert.Equal("998", Assert.Single(recent.Newest("EXAMPLE/998")).RequestId);
        Assert.Empty(recent.Newest("user:"));

        _clock.Advance(RecentRenders.SlowestAge + TimeSpan.FromSeconds(1));
        Assert.Empty(recent.Slowest(null));
        recent.Add(new() { At = _clock.GetUtcNow(), RequestId = "new", Url = "u", Outcome = "rendered", DurationMs = 1 });
        Assert.Equal("new", Assert.Single(recent.Slowest(null)).RequestId);
    }
}
