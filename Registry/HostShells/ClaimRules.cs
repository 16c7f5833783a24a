using Fleet.Contracts;

namespace Fleet.Registry.HostShells;

/// <summary>When a claim makes its token the current one. <c>claim.lua</c> says the same for Redis; both pass the same tests.</summary>
internal static class ClaimRules
{
    /// <summary>The shell that is current after the claim, or null when the claim changes nothing.</summary>
    /// <param name="current">The current shell; null before the first claim and after a loss of all state.</param>
    /// <param name="claim">The claim.</param>
    /// <param name="serving">Live instances and the token that each serves. The claiming instance's own entry is not looked at:
    /// it serves the claim's token, whatever it served before.</param>
    /// <param name="now">The registry's clock.</param>
    public static CurrentShell? Decide(
        CurrentShell? current, HostShellClaim claim, IReadOnlyDictionary<string, string> serving, DateTimeOffset now)
    {
        if (current is null)
        {
            return Next(previousGeneration: 0, claim.BuiltAt);
        }

        if (claim.Token == current.Shell.Token)
        {
            return null;
        }

        if (claim.Force)
        {
            // Were the older build time kept, the next repeat of a replica that still serves the replaced shell would undo the operator's word.
            return Next(current.Shell.Generation, claim.BuiltAt > current.BuiltAt ? claim.BuiltAt : current.BuiltAt);
        }

        // Not newer: a rollback, a skewed clock, or the old half of a rolling deploy. Only the last has somebody who serves the current shell.
        var stillServed = serving.Any(entry => entry.Key != claim.Instance && entry.Value == current.Shell.Token);
        return claim.BuiltAt > current.BuiltAt || !stillServed ? Next(current.Shell.Generation, claim.BuiltAt) : null;

        // The wall clock as a floor lets the generation grow even when Redis lost the previous one.
        CurrentShell Next(long previousGeneration, DateTimeOffset builtAt) =>
            new(new HostShell(claim.Token, Math.Max(previousGeneration + 1, now.ToUnixTimeMilliseconds()), now, claim.Instance), builtAt);
    }
}

/// <summary>The current shell and the build time that a claim must beat.</summary>
internal sealed record CurrentShell(HostShell Shell, DateTimeOffset BuiltAt);
