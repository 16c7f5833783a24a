namespace Fleet.Contracts;

/// <summary>The fleet's current host shell.</summary>
/// <param name="Token">md5 of the exact shell bytes, 32 lower-case hex digits; or 1–64 visible characters reported from outside.</param>
/// <param name="Generation">Grows with every change of the token, a rollback included.</param>
/// <param name="ChangedAt">When it became current.</param>
/// <param name="Reporter">The instance that claimed it.</param>
public sealed record HostShell(string Token, long Generation, DateTimeOffset ChangedAt, string Reporter);
