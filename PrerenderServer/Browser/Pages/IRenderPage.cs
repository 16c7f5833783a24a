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

    /// <summary>Whether the current document is one that <see cref="KeepAsync"/> has prepared for further visits. False once another document has replaced it, and while what
    /// one of its frames has stored cannot be cleared.</summary>
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

/// <summary>Capabilities that the host app declares in the page, because host and fleet are deployed independently.</summary>
/// <param name="Capabilities">Names of the capabilities: <c>render</c>, <c>extract</c>, <c>stage</c>, …; empty for a host without the contract.</param>
internal sealed record HostCapabilities(IReadOnlyList<string> Capabilities)
{
    /// <summary>No host contract in this document.</summary>
    public static HostCapabilities None { get; } = new([]);

    /// <summary>Whether <c>fleet.render</c> may be called.</summary>
    public bool Renders => Capabilities.Contains("render");

    /// <summary>Whether <c>fleet.extract</c> may be called.</summary>
    public bool Extracts => Capabilities.Contains("extract");

    /// <summary>Whether <c>fleet.run</c> may be called.</summary>
    public bool Runs => Capabilities.Contains("run");

    /// <summary>Whether <c>fleet.stage</c> may be called.</summary>
    public bool TellsStage => Capabilities.Contains("stage");
}

/// <summary>The size of a document.</summary>
/// <param name="Nodes">Nodes of its trees, also detached ones that script or the garbage collector still holds.</param>
/// <param name="HeapBytes">Used bytes of its JavaScript heap.</param>
internal readonly record struct DocumentSize(long Nodes, long HeapBytes);

/// <summary>How a page ended.</summary>
internal enum PageTermination
{
    /// <summary>The page is open.</summary>
    None,

    /// <summary>The page closed itself, was closed, or its context or browser ended.</summary>
    Closed,

    /// <summary>The renderer crashed.</summary>
    Crashed,

    /// <summary>The page exceeded a limit of this server and was ended.</summary>
    Exhausted,
}

/// <summary>What a screenshot shows, and its size.</summary>
/// <param name="Type">File type.</param>
/// <param name="FullPage">Whether to capture the whole page instead of the viewport.</param>
/// <param name="Selector">Captures only the first element that matches; null for the page.</param>
/// <param name="Width">Width of the viewport in CSS pixels; null for the default.</param>
/// <param name="Height">Height of the viewport in CSS pixels; null for the default.</param>
/// <param name="Format">Captures this host format instead of the page; null for the page.</param>
/// <param name="Scale">Device pixels per CSS pixel.</param>
/// <param name="Pdf">How a PDF is printed; null for the defaults.</param>
internal sealed record ScreenshotShape(
    ScreenshotType Type, bool FullPage = false, string? Selector = null, int? Width = null, int? Height = null, RenderFormat? Format = null, double Scale = 1, PdfOptions? Pdf = null)
{
    /// <summary>Captures only this part of the page; null for none.</summary>
    public ScreenshotClip? Clip { get; init; }

    /// <summary>Quality of a JPEG or WebP; null for the default.</summary>
    public int? Quality { get; init; }

    /// <summary>The viewport of a format of the host.</summary>
    public PageViewport Viewport => new(Width, Height, Scale);

    /// <summary>The shape that a request specifies.</summary>
    public static ScreenshotShape Of(ScreenshotRequest request)
    {
        var device = DevicePreset.Find(request.Device);
        return new(request.Type, request.FullPage, request.Selector, request.Width ?? device?.Width, request.Height ?? device?.Height, request.Format, request.Scale ?? device?.Scale ?? 1, request.Pdf)
        {
            Clip = request.Clip,
            Quality = request.Quality,
        };
    }
}

/// <summary>A screenshot or a PDF of a page.</summary>
/// <param name="Bytes">The file.</param>
/// <param name="FullHeight">Height in CSS pixels of what was to be shown, if it is more than a screenshot may have; null if all of it is there.</param>
internal sealed record PagePicture(byte[] Bytes, double? FullHeight = null);

/// <summary>Credentials that a page sends to one origin.</summary>
/// <param name="Origin">The only origin that receives them.</param>
/// <param name="Authorization">Value of the <c>Authorization</c> header.</param>
internal sealed record PageCredentials(string Origin, string Authorization)
{
    /// <summary>Omits the header's value, so that it can be logged.</summary>
    public override string ToString() => $"credentials for {Origin}";
}
