namespace Fleet.RealmServer.HostShells;

/// <summary>A file that a shell names and that keeps its name when its content changes.</summary>
/// <param name="Path">Its path as a request has it, decoded: <c>/assets/app.js</c>.</param>
/// <param name="Digest">SHA-256 of its content, 64 lower-case hex digits; empty while it is missing.</param>
/// <param name="ChangedAt">The file's time.</param>
internal sealed record ShellAsset(string Path, string Digest, DateTime ChangedAt);
