using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Tests.Pool;

/// <summary>Rules of a pool that throw when the first page is returned.</summary>
internal sealed class BrokenRules(PoolOptions options) : PoolRules(options)
{
    /// <summary>The message of the exception.</summary>
    public const string Invariant = "a planted invariant";

    public override SlotState AfterLease(SlotState state, PageCondition condition, bool currentGeneration, bool currentShell, bool overMemory) =>
        throw new InvalidOperationException(Invariant);
}
