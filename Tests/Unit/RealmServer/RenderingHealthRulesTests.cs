using Fleet.RealmServer.Indexing;
using Fleet.RealmServer.Rendering;

namespace Fleet.Tests.RealmServer;

/// <summary>When a realm server reports that its pages are not rendered.</summary>
public sealed class RenderingHealthRulesTests
{
    private const int Away = RenderingHealthRules.ProbesToBeAway;

    // Manager configured, probes failed, index, cards, failed, the health before: the health now.
    public static TheoryData<bool, int, string, int, int, string, string> Cases => new()
    {
        { false, 0, nameof(IndexState.Off), 0, 0, nameof(RenderingTrouble.None), nameof(RenderingTrouble.None) },
        { true, 0, nameof(IndexState.Waiting), 0, 0, nameof(RenderingTrouble.None), nameof(RenderingTrouble.None) },
        { true, 0, nameof(IndexState.Done), 155, 0, nameof(RenderingTrouble.None), nameof(RenderingTrouble.None) },
        // A manager that restarts misses a probe or two.
        { true, 1, nameof(IndexState.Done), 155, 0, nameof(RenderingTrouble.None), nameof(RenderingTrouble.None) },
        { true, Away - 1, nameof(IndexState.Done), 155, 0, nameof(RenderingTrouble.None), nameof(RenderingTrouble.None) },
        { true, Away, nameof(IndexState.Done), 155, 0, nameof(RenderingTrouble.None), nameof(RenderingTrouble.NoManager) },
        { true, Away + 9, nameof(IndexState.Waiting), 0, 0, nameof(RenderingTrouble.NoManager), nameof(RenderingTrouble.NoManager) },
        // The manager counts as available again with its first answer.
        { true, 1, nameof(IndexState.Done), 155, 0, nameof(RenderingTrouble.NoManager), nameof(RenderingTrouble.NoManager) },
        { true, 0, nameof(IndexState.Done), 155, 0, nameof(RenderingTrouble.NoManager), nameof(RenderingTrouble.None) },
        // All, most, half and few of the cards.
        { true, 0, nameof(IndexState.Done), 155, 155, nameof(RenderingTrouble.None), nameof(RenderingTrouble.CardsFail) },
        { true, 0, nameof(IndexState.Done), 155, 78, nameof(RenderingTrouble.None), nameof(RenderingTrouble.CardsFail) },
        { true, 0, nameof(IndexState.Done), 154, 77, nameof(RenderingTrouble.None), nameof(RenderingTrouble.None) },
        { true, 0, nameof(IndexState.Done), 155, 3, nameof(RenderingTrouble.CardsFail), nameof(RenderingTrouble.None) },
        { true, 0, nameof(IndexState.Done), 1, 1, nameof(RenderingTrouble.None), nameof(RenderingTrouble.CardsFail) },
        { true, 0, nameof(IndexState.Done), 0, 0, nameof(RenderingTrouble.CardsFail), nameof(RenderingTrouble.None) },
        // A pass that has just begun is no evidence of health, but a running pass may already show that cards fail.
        { true, 0, nameof(IndexState.Running), 155, 0, nameof(RenderingTrouble.CardsFail), nameof(RenderingTrouble.CardsFail) },
        { true, 0, nameof(IndexState.Running), 155, 10, nameof(RenderingTrouble.None), nameof(RenderingTrouble.None) },
        { true, 0, nameof(IndexState.Running), 155, 100, nameof(RenderingTrouble.None), nameof(RenderingTrouble.CardsFail) },
        { true, 0, nameof(IndexState.Waiting), 155, 0, nameof(RenderingTrouble.CardsFail), nameof(RenderingTrouble.CardsFail) },
        // The failures of the cards are caused by the missing manager.
        { true, Away, nameof(IndexState.Waiting), 155, 155, nameof(RenderingTrouble.CardsFail), nameof(RenderingTrouble.NoManager) },
        { true, 0, nameof(IndexState.Waiting), 155, 155, nameof(RenderingTrouble.NoManager), nameof(RenderingTrouble.CardsFail) },
        { true, 0, nameof(IndexState.Off), 155, 155, nameof(RenderingTrouble.CardsFail), nameof(RenderingTrouble.None) },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decide_EachCase_IsAsInTheTable(
        bool hasManager, int failedProbes, string index, int total, int failed, string previous, string expected)
    {
        var facts = new RenderingFacts(
            hasManager, failedProbes, failedProbes > 0 ? "It cannot be reached." : null, Enum.Parse<IndexState>(index), new(total, failed), new(total, failed), failed > 0 ? "It is so." : null);
        Assert.Equal(Enum.Parse<RenderingTrouble>(expected), RenderingHealthRules.Decide(new(Enum.Parse<RenderingTrouble>(previous), "before"), facts).Trouble);
    }

    [Fact]
    public void Decide_NoManager_SaysWhyAndWhatIsServed() => Assert.Equal(
        "No page can be rendered: The manager at http://m/ cannot be reached. Stored pages are still served.",
        RenderingHealthRules.Decide(RenderingHealth.Unknown, Facts(new(9, 0), null) with { FailedProbes = Away, ManagerProblem = "The manager at http://m/ cannot be reached." }).Description);

    [Fact]
    public void Decide_CardsFail_SaysHowManyAndWhy() => Assert.Equal(
        "155 of 155 cards have no page of their current content. Most frequent reason: The manager answered 401. GET /_index lists them.",
        RenderingHealthRules.Decide(RenderingHealth.Unknown, Facts(new(155, 155), "The manager answered 401.")).Description);

    [Fact]
    public void Decide_OnlyPrivateCardsFail_SaysNoNumbers()
    {
        var health = RenderingHealthRules.Decide(RenderingHealth.Unknown, Facts(new(3, 0), null) with { Cards = new(20, 17) });
        Assert.Equal(RenderingTrouble.CardsFail, health.Trouble);
        Assert.DoesNotContain("17", health.Description, StringComparison.Ordinal);
    }

    private static RenderingFacts Facts(CardCounts cards, string? reason) => new(true, 0, null, IndexState.Done, cards, cards, reason);
}
