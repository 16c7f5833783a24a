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
