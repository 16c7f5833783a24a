using Fleet.Manager.Jobs;

namespace Fleet.Tests.Manager;

/// <summary>What repeated reads of a page of a publication show about its renders, whichever realm server answers.</summary>
public sealed class PublicationWatchTests
{
    private static readonly SitePage s_nothing = new(Pending: false);
    private readonly PublicationWatch _watch = new();

    [Fact]
    public void IsRenderDue_AnotherRealmServerRenders_OnlyAfterTenSecondsWithoutASign()
    {
        Assert.True(IsDueAfter(0, null));
        _watch.Queued(Seconds(0));
        Assert.False(IsDueAfter(1, s_nothing));
        Assert.False(IsDueAfter(9, s_nothing with { Pending = true }));
        Assert.False(IsDueAfter(18, null));
        Assert.True(IsDueAfter(19, null));
        _watch.Queued(Seconds(19));
        Assert.False(IsDueAfter(28, null));
        Assert.Equal((2, 0), (_watch.Renders, _watch.Failures));
    }

    [Fact]
    public void IsRenderDue_RealmServerAway_WaitsTenSecondsAfterItsReturn()
    {
        _watch.Queued(Seconds(0));
        _watch.Record(null, isKnown: false, Seconds(30));
        Assert.False(IsDueAfter(31, null));
        Assert.True(IsDueAfter(40, null));
    }

    [Fact]
    public void IsRenderDue_RenderFailed_AfterAPauseThatGrows()
    {
        _watch.Queued(Seconds(0));
        Assert.False(IsDueAfter(1, Failed("first", age: 0)));
        Assert.True(IsDueAfter(2, Failed("first", age: 1)));
        _watch.Queued(Seconds(2));
        Assert.False(IsDueAfter(4, Failed("second", age: 0)));
        Assert.False(IsDueAfter(5, null));
        Assert.True(IsDueAfter(6, null));
        Assert.Equal((2, "second"), (_watch.Failures, _watch.Failure?.RenderId));
    }

    [Fact]
    public void Look_FailureOfAnEarlierRender_DoesNotCount()
    {
        // One realm server reports it before the render is queued; the other one reports a render of its own, which is older.
        _watch.Record(Failed("known", age: 3), isKnown: true, Seconds(0));
        _watch.Queued(Seconds(0));
        _watch.Record(Failed("known", age: 4), isKnown: true, Seconds(1));
        _watch.Record(Failed("of the other", age: 60), isKnown: true, Seconds(2));
        Assert.Equal(0, _watch.Failures);
        _watch.Record(Failed("own", age: 1), isKnown: true, Seconds(3));
        _watch.Record(Failed("own", age: 2), isKnown: true, Seconds(4));
        Assert.Equal(1, _watch.Failures);
    }

    [Fact]
    public void IsRenderDue_PageStoredButNotFresh_AfterAPause()
    {
        _watch.Record(Stored(minute: 1), isKnown: true, Seconds(0));
        _watch.Queued(Seconds(0));
        Assert.False(IsDueAfter(3, Stored(minute: 1)));
        Assert.True(IsDueAfter(4, Stored(minute: 2)));
        Assert.Equal(0, _watch.Failures);
    }

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);

    private static SitePage Failed(string id, long age) => new(Pending: false, LastFailure: new("It crashed.", age, id));

    private static SitePage Stored(int minute) => new(Pending: false, new(200, "outdated", 7, new(2026, 3, 4, 5, minute, 7, TimeSpan.Zero), AgeSeconds: 0));

    private bool IsDueAfter(int seconds, SitePage? page)
    {
        _watch.Record(page, isKnown: true, Seconds(seconds));
        return _watch.IsRenderDue(Seconds(seconds));
    }
}
