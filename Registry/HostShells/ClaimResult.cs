using Fleet.Contracts;

namespace Fleet.Registry.HostShells;

/// <summary>What became of a claim.</summary>
/// <param name="Current">The shell that is current after it.</param>
/// <param name="Changed">Whether this claim made it so.</param>
public sealed record ClaimResult(HostShell Current, bool Changed);
