using Fleet.RealmServer.Rendering;

namespace Fleet.RealmServer.Indexing;

/// <summary>Whether pages can be rendered for this realm server.</summary>
/// <param name="Trouble">The kind of trouble; none if pages are rendered.</param>
/// <param name="Description">Description for <c>/health</c>.</param>
internal sealed record RenderingHealth(RenderingTrouble Trouble, string Description)
{
    public static readonly RenderingHealth Unknown = new(RenderingTrouble.None, "The manager has not been probed yet.");
}

/// <summary>The facts that the decision is based on.</summary>
/// <param name="HasManager">Whether the address of a manager is configured.</param>
/// <param name="FailedProbes">Number of consecutive failed probes of the manager; 0 if the latest one succeeded.</param>
/// <param name="ManagerProblem">Why the latest probe failed; null if it succeeded.</param>
/// <param name="Index">The state of the index.</param>
/// <param name="Cards">Counts of all cards.</param>
/// <param name="PublicCards">Counts of the cards of public realms. Only these are described, since <c>/health</c> requires no key.</param>
/// <param name="Reason">The most frequent reason among failed cards of public realms; null if none failed.</param>
internal sealed record RenderingFacts(
    bool HasManager, int FailedProbes, string? ManagerProblem, IndexState Index, CardCounts Cards, CardCounts PublicCards, string? Reason);

/// <summary>Card counts.</summary>
/// <param name="Total">Number of cards.</param>
/// <param name="Failed">Number of cards that the latest pass of the index left without a page of their current content.</param>
internal readonly record struct CardCounts(int Total, int Failed)
{
    /// <summary>Whether more than half of the cards failed. During a pass this can only become true, since <see cref="Total"/> counts all cards.</summary>
    public bool MostFailed => 2L * Failed > Total;
}

/// <summary>Decides whether rendering is degraded. It is never unhealthy: the shell, stored pages and cards are served without renders.</summary>
internal static class RenderingHealthRules
{
    /// <summary>Number of consecutive failed probes after which the manager counts as unavailable: 3. A restart fails one or two.</summary>
    public const int ProbesToBeAway = 3;

    /// <summary>Decides on the current facts.</summary>
    /// <param name="previous">The previous decision.</param>
    /// <param name="facts">The current facts.</param>
    public static RenderingHealth Decide(RenderingHealth previous, RenderingFacts facts)
    {
        if (!facts.HasManager)
        {
            return new(RenderingTrouble.None, "No manager is configured; stored pages are served.");
        }

        var isUnavailable = facts.FailedProbes >= ProbesToBeAway || (facts.FailedProbes > 0 && previous.Trouble == RenderingTrouble.NoManager);
        if (isUnavailable)
        {
            return new(RenderingTrouble.NoManager, $"No page can be rendered: {facts.ManagerProblem} Stored pages are still served.");
        }

        // A pass that has just begun has no failures yet: until it ends or most cards fail, the previous decision stands.
        var isConclusive = facts.Index is IndexState.Done or IndexState.Off || facts.Cards.MostFailed;
        if (!isConclusive && previous.Trouble == RenderingTrouble.CardsFail)
        {
            return previous;
        }

        return facts.Index != IndexState.Off && facts.Cards.MostFailed
            ? new(RenderingTrouble.CardsFail, Describe(facts))
            : new(RenderingTrouble.None, facts.PublicCards.Failed == 0 ? "The manager is ready." : $"The manager is ready. {Describe(facts)}");
    }

    private static string Describe(RenderingFacts facts) => facts.PublicCards.Failed > 0
        ? $"{facts.PublicCards.Failed} of {facts.PublicCards.Total} cards have no page of their current content. Most frequent reason: {facts.Reason} GET /_index lists them."
        : "Most cards of the private realms have no page of their current content. GET /_index lists them for holders of a read key.";
}
