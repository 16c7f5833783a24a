namespace Fleet.Registry.HostShells;

/// <summary>A realm server's word on the shell that it serves.</summary>
/// <param name="Token">md5 of the exact bytes served.</param>
/// <param name="Instance">Name of the realm-server replica.</param>
/// <param name="BuiltAt">The shell's build time: manifest, else file time.</param>
/// <param name="Force">Make it current whatever is current now (an operator said so).</param>
public sealed record HostShellClaim(string Token, string Instance, DateTimeOffset BuiltAt, bool Force = false);
