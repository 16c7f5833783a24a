namespace Fleet.Contracts;

/// <summary>The fleet's current host shell.</summary>
/// <param name="Token">md5 of the exact shell bytes, 32 lower-case hex digits; or 1–64 visible characters reported from outside.</param>
/// <param name="Generation">Grows with every change of the token, a rollback included.</param>
/// <param name="ChangedAt">When it became current.</param>
/// <param name="Reporter">The instance that claimed it.</param>
public sealed record HostShell(string Token, long Generation, DateTimeOffset ChangedAt, string Reporter);

/// <summary>A shell token reported from outside, by a deploy hook. Body of <c>POST /host-shell</c>.</summary>
public sealed record HostShellReport
{
    /// <summary>1 to 64 visible ASCII characters; white space around them is cut off.</summary>
    public required string Token { get; init; }
}
