using System.Text.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>A page as used by a render. Each call throws <see cref="BrowserTimeoutException"/> after its deadline, <see cref="PageScriptException"/> for an
/// error of the page's script, and <see cref="BrowserException"/> if the page cannot answer.</summary>
internal interface IRenderPage : IBrowserPage
{
    /// <summary>Capabilities of the host app in the current document.</summary>
    HostCapabilities Host { get; }

    /// <summary>Whether the host app offers <c>fleet.render</c> when booted, regardless of the current document; null if it was never booted here.</summary>
    bool? OffersRender { get; }

    /// <summary>How the page ended by itself; <see cref="PageTermination.None"/> while it is open.</summary>
    PageTermination End { get; }

    /// <summary>Why the page ended, if it exceeded a limit; otherwise null.</summary>
    string? EndReason => null;

    /// <summary>Console errors and requests since the last render started.</summary>
    PageActivity Activity { get; }

    /// <summary>Evaluates an expression, awaits it if it is a promise, and returns its JSON value. One round trip.</summary>
    Task<JsonElement> EvaluateAsync(string expression, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Makes closed shadow roots that the parser attached to custom elements known to the document's <see cref="PageScripts.Capture"/>. Returns whether there are any.</summary>
    Task<bool> FindShadowRootsAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>CPU time that the page's thread has used so far. Available even while the page is busy.</summary>
    Task<TimeSpan> ComputedAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Leaves the current document and sets the page up for the next navigation. <see cref="ParkAsync"/> undoes it. Throws <see cref="PageScriptException"/> if the
    /// browser does not know a locale or time zone.</summary>
    Task SetUpAsync(PageSetup setup, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Loads a URL in a page without data of earlier documents, and returns as soon as its document, or the target of its redirects, is committed.</summary>
    /// <param name="url">The URL.</param>
    /// <param name="follows">Whether the page may move on to this URL by itself. For any other, <see cref="Departed"/> completes.</param>
    /// <param name="mayHang">Whether to have the debugger for <see cref="PauseAsync"/>, although V8 then compiles the scripts of earlier visits again.</param>
    /// <param name="deadline">Timeout.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    Task<PageNavigation> NavigateAsync(Uri url, Func<Uri, bool> follows, bool mayHang, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Completes when the document that was last navigated to leaves for another URL. A reload, a fragment or a state of the history is no other URL.</summary>
    Task<PageDeparture> Departed { get; }

    /// <summary>Whether the current document is one that <see cref="KeepAsync"/> has prepared for further visits. False once another document has replaced it, and while data
    /// that one of its frames stored cannot be cleared.</summary>
    bool IsKept { get; }

    /// <summary>The current document as its server sent it; null if that is not known.</summary>
    Task<string?> SourceAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Keeps the current document, instead of <see cref="ParkAsync"/>, so that <see cref="NavigateSoftlyAsync"/> may move it on.</summary>
    /// <param name="source">The document as its server sent it.</param>
    /// <param name="maxIdle"><see cref="IBrowserPage.MaxIdle"/> of the page while it is kept.</param>
    /// <param name="deadline">Timeout.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Whether it is kept. If not, the page must be parked.</returns>
    Task<bool> KeepAsync(string source, TimeSpan maxIdle, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Clears the data that earlier visits left, and lets the app in the kept document show another URL without loading it. The app's memory stays.</summary>
    /// <returns>Why it was not tried: the server does not send the same document for the URL. Null once the app was navigated.</returns>
    Task<string?> NavigateSoftlyAsync(Uri url, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Why the kept document does not show the URL of the last <see cref="NavigateSoftlyAsync"/>; null if it does.</summary>
    Task<string?> ArrivedAsync(Uri url, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>The size of the current document.</summary>
    /// <param name="collects">Whether garbage is collected before.</param>
    /// <param name="deadline">Timeout.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    Task<DocumentSize> SizeAsync(bool collects, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Loads the standby document and waits until the host app is ready.</summary>
    Task BootAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Whether <see cref="PauseAsync"/> works: the debugger is enabled.</summary>
    bool IsDebugged { get; }

    /// <summary>Pauses a busy page and returns its JavaScript stack; null if no script is running, or without the debugger. The page stays paused until it is terminated.</summary>
    Task<string?> PauseAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Stops running script and disables further script. The page can still be read, and is then replaced.</summary>
    Task TerminateAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Whether the page evaluates a trivial expression. Works even if script is disabled.</summary>
    Task<bool> AnswersAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>The document's current markup. Works even if script is disabled.</summary>
    Task<string> MarkupAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Sets the viewport for a screenshot of a format of the host; null restores the default size.</summary>
    Task ResizeAsync(ScreenshotShape? shape, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Takes a screenshot of the page.</summary>
    Task<PagePicture> ScreenshotAsync(ScreenshotShape shape, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Adds the credentials to all further requests to their origin from the main frame and from frames of that origin, and to no others.</summary>
    Task ShowCredentialsAsync(PageCredentials credentials, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Ends <see cref="ShowCredentialsAsync"/>. Works even while the page is busy.</summary>
    Task ForgetCredentialsAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Replaces the document with an empty one, so that nothing of it keeps running, and clears the data that it left.</summary>
    Task ParkAsync(TimeSpan deadline, CancellationToken cancellationToken);
}

/// <summary>The size of a document.</summary>
/// <param name="Nodes">Nodes of its trees, also detached ones that script or the garbage collector still holds.</param>
/// <param name="HeapBytes">Used bytes of its JavaScript heap.</param>
internal readonly record struct DocumentSize(long Nodes, long HeapBytes);
