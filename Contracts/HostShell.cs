namespace Fleet.Contracts;

/// <summary>The fleet's current host shell.</summary>
/// <param name="Token">md5 of the exact shell bytes, 32 lower-case hex digits; or 1 to 64 visible ASCII characters reported by a deploy hook.</param>
/// <param name="Generation">Grows with every change of the token, including a rollback.</param>
/// <param name="ChangedAt">When the shell became current, by the registry's clock.</param>
/// <param name="Reporter">The instance that claimed the shell.</param>
public sealed record HostShell(string Token, long Generation, DateTimeOffset ChangedAt, string Reporter);

/// <summary>A shell token reported by a deploy hook. Body of <c>POST /host-shell</c>.</summary>
public sealed record HostShellReport
{
    /// <summary>1 to 64 visible ASCII characters; surrounding white space is trimmed.</summary>
    public required string Token { get; init; }
}
