namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>A booted page. The pool only carries it; the rendering room uses it.</summary>
internal interface IBrowserPage
{
    /// <summary>Token of the host shell that the page's document was loaded from; null when the host did not say and the body could not be read.</summary>
    string? ShellToken { get; }
}
