using Fleet.Contracts;

namespace Fleet.Registry.HostShells;

/// <summary>The current host shell: a token that is changed only by a claim, and a generation that only grows.</summary>
public interface IHostShellStore
{
    /// <summary>The current shell; null before the first claim.</summary>
    Task<HostShell?> GetAsync(CancellationToken cancellationToken);

    /// <summary>Says that this instance serves the claim's token, and makes it current if the rules of <see cref="ClaimRules"/> allow.
    /// Repeated every few seconds it doubles as the sign of life of that instance.</summary>
    Task<ClaimResult> ClaimAsync(HostShellClaim claim, CancellationToken cancellationToken);

    /// <summary>Live instances and the token that each serves. More than one token means that a deploy is rolling.</summary>
    Task<IReadOnlyDictionary<string, string>> GetServingAsync(CancellationToken cancellationToken);

    /// <summary>Takes an instance that stops out of the serving set, so that it does not hold back a rollback.</summary>
    Task StopServingAsync(string instance, CancellationToken cancellationToken);
}

/// <summary>What became of a claim.</summary>
/// <param name="Current">The shell that is current after it.</param>
/// <param name="Changed">Whether this claim made it so.</param>
public sealed record ClaimResult(HostShell Current, bool Changed);

/// <summary>A realm server's word on the shell that it serves.</summary>
/// <param name="Token">md5 of the exact bytes served.</param>
/// <param name="Instance">Name of the realm-server replica.</param>
/// <param name="BuiltAt">The shell's build time: manifest, else file time.</param>
/// <param name="Force">Make it current whatever is current now (an operator said so).</param>
public sealed record HostShellClaim(string Token, string Instance, DateTimeOffset BuiltAt, bool Force = false);
