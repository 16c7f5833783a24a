using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Tests.Pool;

/// <summary>Rules of a pool that breaks when the first page comes back.</summary>
internal sealed class BrokenRules(PoolOptions options) : PoolRules(options)
{
    /// <summary>What it says then.</summary>
    public const string Invariant = "a planted invariant";

    public override SlotState AfterLease(SlotState state, PageOutcome outcome, bool currentGeneration, bool currentShell, bool overMemory) =>
        throw new InvalidOperationException(Invariant);
}
