namespace Fleet.Contracts;

/// <summary>A shell token reported from outside, by a deploy hook. Body of <c>POST /host-shell</c>.</summary>
public sealed record HostShellReport
{
    /// <summary>1 to 64 visible ASCII characters; white space around them is cut off.</summary>
    public required string Token { get; init; }
}
