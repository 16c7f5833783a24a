using Fleet.Contracts;

namespace Fleet.Registry.HostShells;

/// <summary>The current shell and the build time that a claim must beat.</summary>
internal sealed record CurrentShell(HostShell Shell, DateTimeOffset BuiltAt);
