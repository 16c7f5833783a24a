using Fleet.Contracts;
using Fleet.RealmServer.Indexing;
using Fleet.RealmServer.Rendering;
using Fleet.Registry.Pages;

namespace Fleet.Tests.RealmServer;

public sealed class StoreDecisionTests
{
    // Outcome, page?, current at start, current at end (null = unverified), generation of the result, generation that the realm server knows.
    [Theory]
    [InlineData(RenderOutcome.Rendered, true, true, true, 7L, 7L, "Store")]
    [InlineData(RenderOutcome.Rendered, true, true, true, 8L, 7L, "Store")]
    [InlineData(RenderOutcome.Rendered, true, false, true, 7L, 7L, "Store")]
    [InlineData(RenderOutcome.Rendered, true, true, true, 6L, 7L, "StoreAndRenderAgain")]
    [InlineData(RenderOutcome.Rendered, true, true, false, 6L, 7L, "StoreAndRenderAgain")]
    [InlineData(RenderOutcome.Rendered, true, false, false, null, 7L, "StoreAndRenderAgain")]
    [InlineData(RenderOutcome.Rendered, true, true, null, 7L, 7L, "StoreAndRenderAgain")]
    [InlineData(RenderOutcome.Rendered, true, null, null, null, 7L, "StoreAndRenderAgain")]
    [InlineData(RenderOutcome.Rendered, true, true, true, 7L, null, "StoreAndRenderAgain")]
    [InlineData(RenderOutcome.Rendered, false, true, true, 7L, 7L, "RecordFailure")]
    [InlineData(RenderOutcome.Rendered, false, false, false, null, 7L, "WithholdAndRenderAgain")]
    [InlineData(RenderOutcome.Failed, false, true, true, 7L, 7L, "RecordFailure")]
    [InlineData(RenderOutcome.Failed, true, true, true, 7L, 7L, "RecordFailure")]
    [InlineData(RenderOutcome.Failed, false, true, true, 8L, 7L, "RecordFailure")]
    [InlineData(RenderOutcome.Failed, false, true, true, 6L, 7L, "WithholdAndRenderAgain")]
    [InlineData(RenderOutcome.Failed, false, false, true, 7L, 7L, "WithholdAndRenderAgain")]
    [InlineData(RenderOutcome.Failed, false, null, true, 7L, 7L, "WithholdAndRenderAgain")]
    [InlineData(RenderOutcome.Failed, false, true, false, 7L, 7L, "WithholdAndRenderAgain")]
    [InlineData(RenderOutcome.Failed, false, true, null, 7L, 7L, "WithholdAndRenderAgain")]
    [InlineData(RenderOutcome.Failed, false, true, true, null, 7L, "WithholdAndRenderAgain")]
    [InlineData(RenderOutcome.Failed, false, true, true, 7L, null, "WithholdAndRenderAgain")]
    [InlineData(RenderOutcome.Failed, false, null, null, null, null, "WithholdAndRenderAgain")]
    [InlineData(RenderOutcome.TimedOut, false, true, true, 7L, 7L, "RecordFailure")]
    [InlineData(RenderOutcome.TimedOut, false, true, false, 6L, 7L, "WithholdAndRenderAgain")]
    [InlineData(RenderOutcome.Unauthorized, false, true, true, 7L, 7L, "RecordFailure")]
    [InlineData(RenderOutcome.Unusable, false, true, true, 7L, 7L, "RecordFailure")]
    [InlineData(RenderOutcome.NotAPage, false, true, true, 7L, 7L, "RecordFailure")]
    [InlineData(RenderOutcome.Unusable, false, false, true, 7L, 7L, "WithholdAndRenderAgain")]
    [InlineData(RenderOutcome.NoVerdict, false, true, true, 7L, 7L, "RenderAgain")]
    [InlineData(RenderOutcome.NoVerdict, true, true, true, 7L, 7L, "RenderAgain")]
    public void For_Result_StoresOnlyWhatThatPageMayDecide(
        RenderOutcome outcome, bool page, bool? currentAtStart, bool? current, long? generation, long? known, string expected) =>
        Assert.Equal(expected, StoreDecision.For(Result(outcome, page, new("t", generation, current) { CurrentAtStart = currentAtStart }), known).ToString());

    [Theory]
    [InlineData(RenderOutcome.Rendered)]
    [InlineData(RenderOutcome.TimedOut)]
    [InlineData(RenderOutcome.Failed)]
    public void For_ResultOfNoPage_IsNoVerdict(RenderOutcome outcome) =>
        Assert.Equal(StoreAction.RenderAgain, StoreDecision.For(Result(outcome, page: true, stamp: null), 7));

    [Theory]
    [InlineData(null, null, null, null, "due")]
    [InlineData(10L, 5L, null, null, "skipped")]
    [InlineData(11L, 5L, null, null, "due")]
    [InlineData(10L, 6L, null, null, "skipped")]
    [InlineData(9L, 5L, null, null, "due")]
    [InlineData(10L, 4L, null, null, "due")]
    [InlineData(10L, 0L, null, null, "due")]
    [InlineData(null, null, 10L, 5L, "known")]
    [InlineData(9L, 5L, 10L, 5L, "known")]
    [InlineData(null, null, 9L, 5L, "due")]
    [InlineData(null, null, 10L, 4L, "due")]
    [InlineData(10L, 5L, 10L, 5L, "skipped")]
    public void Plan_CardOfVersion10AtGeneration5_IsDueUnlessStoredOrKnown(long? storedCard, long? storedGeneration, long? failedCard, long? failedGeneration, string expected)
    {
        var entry = new PageSource("http://h/r/", "http://h/r/a", Version: 10, new("r", "R", "index", "/r"), "a");

        var plan = IndexPlan.Of([entry], _ => new(10, "deps"), From(storedCard, storedGeneration), From(failedCard, failedGeneration), generation: 5);

        Assert.Equal(expected, plan.Due.Count == 1 ? "due" : plan.Skipped.Count == 1 ? "skipped" : plan.Failed.Count == 1 ? "known" : "lost");
    }

    [Theory]
    [InlineData("AfterPause", 0, 1.0)]
    [InlineData("AfterPause", 1, 2.0)]
    [InlineData("AfterPause", 99, 5.0)]
    [InlineData("AfterRetryInterval", 0, 30.0)]
    [InlineData("AfterRetryInterval", 1, 60.0)]
    [InlineData("AfterRetryInterval", 99, 480.0)]
    [InlineData("WhenChanged", 3, null)]
    public void Pause_Repeats_GrowsToItsBound(string next, int repeats, double? seconds) =>
        Assert.Equal(seconds, IndexPauses.For(Enum.Parse<IndexNext>(next), repeats, TimeSpan.FromSeconds(30))?.TotalSeconds);

    [Fact]
    public void Advance_EachTenth_GivesALine()
    {
        var progress = new IndexProgress(TimeProvider.System);
        var cards = Enumerable.Range(0, 25).Select(i => new PageSource("r", $"u{i}", 1, new("r", "R", "index", "/nowhere"))).ToList();
        progress.Begin(cards, skipped: cards[..5], failures: [], problems: []);

        var lines = Enumerable.Range(0, 20).Select(i => progress.Advance(cards[i + 5], i == 0 ? new("u", "why") : null)).OfType<string>().ToList();

        Assert.Equal(8, lines.Count);
        Assert.Equal("[######--------------]  32 %  8 of 25 cards, 1 failed", lines[0]);
        Assert.Equal("[####################] 100 %  25 of 25 cards, 1 failed", lines[^1]);
    }

    [Fact]
    public void End_NoCardsAtAll_IsComplete()
    {
        var progress = new IndexProgress(TimeProvider.System);
        progress.Begin(cards: [], skipped: [], failures: [], problems: []);

        Assert.Contains("100 %", progress.End(), StringComparison.Ordinal);
    }

    private static Dictionary<string, RenderedFrom> From(long? card, long? generation) =>
        card is { } version ? new() { ["http://h/r/ http://h/r/a"] = new(new(version, "deps"), generation!.Value) } : [];

    private static RenderResult Result(RenderOutcome outcome, bool page, ShellStamp? stamp) => new()
    {
        Outcome = outcome,
        Url = "http://h/r/a",
        Shell = stamp,
        Formats = new Dictionary<RenderFormat, string> { [page ? RenderFormat.Isolated : RenderFormat.Head] = "x" },
    };
}
