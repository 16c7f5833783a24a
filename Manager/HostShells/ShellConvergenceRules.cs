using Fleet.Contracts;

namespace Fleet.Manager.HostShells;

/// <summary>How far the fleet is with its host shell, decided from what the registry says.</summary>
internal static class ShellConvergenceRules
{
    /// <param name="shell">The current shell.</param>
    /// <param name="serving">Token of each live realm server.</param>
    /// <param name="servers">Live prerender servers.</param>
    public static ShellPhase Judge(HostShell shell, IEnumerable<string> serving, IEnumerable<ServerRecord> servers)
    {
        if (serving.Distinct(StringComparer.Ordinal).Skip(1).Any())
        {
            return ShellPhase.Rolling;
        }

        // One that drains ends with the shell that it has. A fleet without servers has nothing that is fresh.
        var counted = servers.Where(server => server.State != ServerState.Draining).ToList();
        return counted.Count > 0 && counted.TrueForAll(server => IsFresh(server.ShellSlots, shell)) ? ShellPhase.Converged : ShellPhase.Behind;
    }

    /// <summary>Since when the phase is what it is.</summary>
    /// <param name="before">What was said before; null at the start.</param>
    /// <param name="previous">The shell that was current then; null at the start and before the first claim.</param>
    /// <param name="shell">The current shell.</param>
    /// <param name="phase">The phase now.</param>
    /// <param name="readAt">When the registry was read.</param>
    public static DateTimeOffset Since(ShellConvergence? before, HostShell? previous, HostShell shell, ShellPhase phase, DateTimeOffset readAt) =>
        before is not null && previous?.Generation != shell.Generation ? shell.ChangedAt
        : before?.Phase == phase ? before.Since
        // The change is told by the registry's clock, the reading by this one, which may be behind it.
        : readAt > shell.ChangedAt ? readAt : shell.ChangedAt;

    // A server that says nothing, knows of no shell or has no page yet is not fresh: unknown means stale.
    private static bool IsFresh(ShellSlots? slots, HostShell shell) =>
        slots is { Current: > 0, Behind: 0 } && slots.Generation >= shell.Generation;
}
