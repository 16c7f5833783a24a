using Fleet.Contracts;

namespace Fleet.Manager.HostShells;

/// <summary>Decides from the registry's data how far the fleet has converged on the current host shell.</summary>
internal static class ShellConvergenceRules
{
    /// <summary>The phase of the fleet.</summary>
    /// <param name="shell">The current shell.</param>
    /// <param name="serving">Token that each live realm server serves.</param>
    /// <param name="servers">Live prerender servers.</param>
    public static ShellPhase Judge(HostShell shell, IEnumerable<string> serving, IEnumerable<ServerRecord> servers)
    {
        if (serving.Distinct(StringComparer.Ordinal).Skip(1).Any())
        {
            return ShellPhase.Rolling;
        }

        // A draining server keeps its shell until it ends, so it does not count. A fleet without servers is never converged.
        var counted = servers.Where(server => server.State != ServerState.Draining).ToList();
        return counted.Count > 0 && counted.TrueForAll(server => IsFresh(server.ShellSlots, shell)) ? ShellPhase.Converged : ShellPhase.Behind;
    }

    /// <summary>When the phase began.</summary>
    /// <param name="before">The previous convergence; null at the start.</param>
    /// <param name="previous">The shell at that time; null at the start and before the first claim.</param>
    /// <param name="shell">The current shell.</param>
    /// <param name="phase">The phase now.</param>
    /// <param name="readAt">When the registry was read.</param>
    public static DateTimeOffset Since(ShellConvergence? before, HostShell? previous, HostShell shell, ShellPhase phase, DateTimeOffset readAt) =>
        before is not null && previous?.Generation != shell.Generation ? shell.ChangedAt
        : before?.Phase == phase ? before.Since
        // ChangedAt is by the registry's clock, readAt by this manager's, which may be behind.
        : readAt > shell.ChangedAt ? readAt : shell.ChangedAt;

    // A server that reports nothing, knows no shell or has no page yet counts as stale.
    private static bool IsFresh(ShellSlots? slots, HostShell shell) =>
        slots is { Current: > 0, Behind: 0 } && slots.Generation >= shell.Generation;
}
