using Fleet.Contracts;

namespace Fleet.Registry.HostShells;

/// <summary>Stores the current host shell. Only a claim changes its token, and its generation only grows.</summary>
public interface IHostShellStore
{
    /// <summary>The current shell; null before the first claim.</summary>
    Task<HostShell?> GetAsync(CancellationToken cancellationToken);

    /// <summary>Records that an instance serves the claim's token, and makes the token current if no other is, if its build is newer than that of the current one, if no
    /// other live instance serves the current one, or if the claim is forced. Repeated every few seconds, it is also the instance's heartbeat.</summary>
    Task<ClaimResult> ClaimAsync(HostShellClaim claim, CancellationToken cancellationToken);

    /// <summary>Live instances and the token that each serves. More than one token means that a deploy is in progress.</summary>
    Task<IReadOnlyDictionary<string, string>> GetServingAsync(CancellationToken cancellationToken);

    /// <summary>Removes a stopping instance from the serving set, so that it does not block a rollback.</summary>
    Task StopServingAsync(string instance, CancellationToken cancellationToken);
}

/// <summary>The result of a claim.</summary>
/// <param name="Current">The shell that is current after the claim.</param>
/// <param name="Changed">Whether this claim made it current.</param>
public sealed record ClaimResult(HostShell Current, bool Changed);

/// <summary>Claims that a realm server serves a shell.</summary>
/// <param name="Token">The shell token: md5 of the exact bytes served, or a token that a deploy hook reported.</param>
/// <param name="Instance">Name of the realm-server replica.</param>
/// <param name="BuiltAt">The shell's build time, from the manifest or else the file time.</param>
/// <param name="Force">Makes the token current regardless of the rules. Used by deploy hooks.</param>
public sealed record HostShellClaim(string Token, string Instance, DateTimeOffset BuiltAt, bool Force = false);
