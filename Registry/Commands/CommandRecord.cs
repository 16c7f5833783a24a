using Fleet.Contracts;

namespace Fleet.Registry.Commands;

/// <summary>What is known of a command that was started.</summary>
/// <param name="Fingerprint">Of what was asked for: a key that is used again for something else is told apart by it.</param>
/// <param name="Server">Name of the prerender server that started it.</param>
/// <param name="StartedAt">When.</param>
/// <param name="Until">When it has ended at the latest, by that server's clock; without a result after that, there will be none.</param>
/// <param name="Result">What came of it; null while it runs, or when that server was lost with it.</param>
public sealed record CommandRecord(string Fingerprint, string Server, DateTimeOffset StartedAt, DateTimeOffset Until, RenderResult? Result = null);
