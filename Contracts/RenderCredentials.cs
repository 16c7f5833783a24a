namespace Fleet.Contracts;

/// <summary>What a visit may show to the origin of its URL, and to no other. Never logged, never part of diagnostics.</summary>
public sealed record RenderCredentials
{
    /// <summary>Longest value of <see cref="Authorization"/>, in characters.</summary>
    public const int MaxLength = 4096;

    /// <summary>Value of the header <c>Authorization</c> of every request that the page sends to the URL's origin: <c>Bearer …</c>. Visible ASCII and
    /// spaces, 1 to <see cref="MaxLength"/> characters.</summary>
    public required string Authorization { get; init; }

    /// <summary>Says nothing, so that a request can be logged.</summary>
    public override string ToString() => nameof(RenderCredentials);
}
