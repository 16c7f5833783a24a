using Fleet.RealmServer.Rendering;

namespace Fleet.RealmServer.Indexing;

/// <summary>Whether this realm server gets its pages rendered.</summary>
/// <param name="Trouble">What is wrong.</param>
/// <param name="Description">It in words, for <c>/health</c>.</param>
internal sealed record RenderingHealth(RenderingTrouble Trouble, string Description)
{
    public static readonly RenderingHealth Unknown = new(RenderingTrouble.None, "The manager was not asked yet.");
}

/// <summary>What the decision is made from.</summary>
/// <param name="HasManager">Whether the address of a manager is configured.</param>
/// <param name="FailedProbes">Probes of the manager in a row that failed; 0 when the latest one succeeded.</param>
/// <param name="ManagerProblem">Why the latest probe failed; null when it did not.</param>
/// <param name="Index">What the index does.</param>
/// <param name="Cards">All cards.</param>
/// <param name="PublicCards">Those of realms that anybody may read: <c>/health</c> asks for no key.</param>
/// <param name="Reason">The most frequent reason why one of the latter failed; null when none did.</param>
internal sealed record RenderingFacts(
    bool HasManager, int FailedProbes, string? ManagerProblem, IndexState Index, CardCounts Cards, CardCounts PublicCards, string? Reason);

/// <summary>Cards in numbers.</summary>
/// <param name="Total">All.</param>
/// <param name="Failed">Those that the latest pass of the index left without a page of their current content.</param>
internal readonly record struct CardCounts(int Total, int Failed)
{
    /// <summary>Whether more than half of them failed. While a pass runs this can only become true, since <see cref="Total"/> counts all cards.</summary>
    public bool MostFailed => 2L * Failed > Total;
}

/// <summary>Decides how the rendering stands. Never "unhealthy": the shell, stored pages and cards are served without any render.</summary>
internal static class RenderingHealthRules
{
    /// <summary>Probes in a row that fail before the manager counts as away: 3. One that restarts misses one or two.</summary>
    public const int ProbesToBeAway = 3;

    /// <param name="previous">The latest decision.</param>
    /// <param name="facts">What is known now.</param>
    public static RenderingHealth Decide(RenderingHealth previous, RenderingFacts facts)
    {
        if (!facts.HasManager)
        {
            return new(RenderingTrouble.None, "No manager is configured; pages are served as they are stored.");
        }

        var isAway = facts.FailedProbes >= ProbesToBeAway || (facts.FailedProbes > 0 && previous.Trouble == RenderingTrouble.NoManager);
        if (isAway)
        {
            return new(RenderingTrouble.NoManager, $"No page can be rendered: {facts.ManagerProblem} Pages are served as they are stored.");
        }

        // A pass that has just begun has failed no card yet: until it has told, the latest decision stands.
        var isTold = facts.Index is IndexState.Done or IndexState.Off || facts.Cards.MostFailed;
        if (!isTold && previous.Trouble == RenderingTrouble.CardsFail)
        {
            return previous;
        }

        return facts.Index != IndexState.Off && facts.Cards.MostFailed
            ? new(RenderingTrouble.CardsFail, Describe(facts))
            : new(RenderingTrouble.None, facts.PublicCards.Failed == 0 ? "A manager answers." : $"A manager answers. {Describe(facts)}");
    }

    private static string Describe(RenderingFacts facts) => facts.PublicCards.Failed > 0
        ? $"{facts.PublicCards.Failed} of {facts.PublicCards.Total} cards have no page of their current content, most of them for this reason: {facts.Reason} GET /_index lists them."
        : "Most cards of the private realms have no page of their current content. GET /_index lists them for holders of a read key.";
}
