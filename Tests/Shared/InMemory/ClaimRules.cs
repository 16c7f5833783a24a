using Fleet.Contracts;
using Fleet.Registry.HostShells;

namespace Fleet.Tests.InMemory;

/// <summary>Decides when a claim makes its token current, as <c>claim.lua</c> does: both pass the contract of the store.</summary>
internal static class ClaimRules
{
    /// <summary>The new current shell, or null when the claim changes nothing.</summary>
    /// <param name="current">The current shell; null before the first claim and after the registry lost its data.</param>
    /// <param name="claim">The claim.</param>
    /// <param name="serving">Live instances and the token that each serves. The entry of the claiming instance is ignored: it now serves the claim's
    /// token.</param>
    /// <param name="now">The time by the registry's clock.</param>
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
            // Keep the later build time. Otherwise the next claim of a replica that still serves the replaced shell would win and undo the forced claim.
            return Next(current.Shell.Generation, claim.BuiltAt > current.BuiltAt ? claim.BuiltAt : current.BuiltAt);
        }

        // A claim that is not newer is a rollback, a skewed clock, or the old half of a rolling deploy. Only in the last case does another instance still serve
        // the current shell.
        var stillServed = serving.Any(entry => entry.Key != claim.Instance && entry.Value == current.Shell.Token);
        return claim.BuiltAt > current.BuiltAt || !stillServed ? Next(current.Shell.Generation, claim.BuiltAt) : null;

        // The wall clock is the lower bound, so that the generation grows even after Redis lost the previous one.
        CurrentShell Next(long previousGeneration, DateTimeOffset builtAt) =>
            new(new HostShell(claim.Token, Math.Max(previousGeneration + 1, now.ToUnixTimeMilliseconds()), now, claim.Instance), builtAt);
    }
}

/// <summary>The current shell and the build time that a claim must beat.</summary>
internal sealed record CurrentShell(HostShell Shell, DateTimeOffset BuiltAt);
