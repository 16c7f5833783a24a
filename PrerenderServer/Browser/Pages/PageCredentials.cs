namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>Credentials that a page sends to one origin.</summary>
/// <param name="Origin">The only origin that receives them.</param>
/// <param name="Authorization">Value of the <c>Authorization</c> header.</param>
internal sealed record PageCredentials(string Origin, string Authorization)
{
    /// <summary>Omits the header's value, so that it can be logged.</summary>
    public override string ToString() => $"credentials for {Origin}";
}
