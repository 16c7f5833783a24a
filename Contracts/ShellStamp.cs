namespace Fleet.Contracts;

/// <summary>The host shell that a page had loaded when it rendered.</summary>
/// <param name="Token">md5 of the exact shell bytes, 32 lower-case hex digits.</param>
/// <param name="Generation">The generation under which that token was last current; null when its server never knew it as the current one.</param>
/// <param name="Current">Whether the token was the fleet's current one when the result was sent; null when that could not be verified.</param>
public sealed record ShellStamp(string Token, long? Generation, bool? Current)
{
    /// <summary>Whether the token was the fleet's current one already when the visit began; null when that could not be verified. Only a page
    /// that was current from beginning to end may decide that content is in error.</summary>
    public bool? CurrentAtStart { get; init; }
}
