using Fleet.RealmServer.Indexing;

namespace Fleet.Tests.RealmServer;

public sealed class IndexEventsTests
{
    [Fact]
    public void TryEnter_AllStreamsOpen_IsNullUntilOneIsReleased()
    {
        var events = new IndexEvents(new IndexProgress(TimeProvider.System), lifetime: null!, TimeProvider.System);
        // None of them is ever enumerated, as when a response fails before its stream begins.
        var open = Enumerable.Range(0, IndexEvents.MaxListeners).Select(_ => events.TryEnter()).ToList();
        Assert.DoesNotContain(null, open);
        Assert.Null(events.TryEnter());

        open[0]!.Dispose();
        open[0]!.Dispose();

        Assert.NotNull(events.TryEnter());
        Assert.Null(events.TryEnter());
    }
}
