namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>What a visit may show of itself, and to whom alone.</summary>
/// <param name="Origin">The only origin that it is sent to.</param>
/// <param name="Authorization">The value of the header.</param>
internal sealed record PageCredentials(string Origin, string Authorization)
{
    /// <summary>Says nothing, so that it can be in a log.</summary>
    public override string ToString() => $"credentials for {Origin}";
}
