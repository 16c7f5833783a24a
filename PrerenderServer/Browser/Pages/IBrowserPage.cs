namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>A page as the pool sees it: what its document is when a render returns it. Rendering uses it as <see cref="IRenderPage"/>.</summary>
internal interface IBrowserPage
{
    /// <summary>Token of the host shell that the page's document was loaded from; null if the response had none and the body could not be read.</summary>
    string? ShellToken { get; }

    /// <summary>Whether the current document is the booted host shell. False after a navigation.</summary>
    bool IsHostBooted { get; }

    /// <summary>How long the page may be idle before it is closed; null for the idle timeout of the pool. The app in a kept document keeps running meanwhile.</summary>
    TimeSpan? MaxIdle { get; }
}
