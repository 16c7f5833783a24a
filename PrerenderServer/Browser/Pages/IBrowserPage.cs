namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>A booted page. The pool only passes it on; rendering uses it as <see cref="IRenderPage"/>.</summary>
internal interface IBrowserPage
{
    /// <summary>Token of the host shell that the page's document was loaded from; null if the response had none and the body could not be read.</summary>
    string? ShellToken { get; }
}
