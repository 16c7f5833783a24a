using System.Text.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>A page as a render uses it, whoever drives it. Each call has its deadline, throws <see cref="BrowserTimeoutException"/> when that
/// passes, <see cref="PageScriptException"/> for an error of the page's own script, and <see cref="BrowserException"/> when the page cannot answer.</summary>
internal interface IRenderPage : IBrowserPage
{
    /// <summary>What the host app in the current document offers.</summary>
    HostCapabilities Host { get; }

    /// <summary>Whether the host app offers <c>fleet.render</c> when it is booted, whatever document is loaded now.</summary>
    bool OffersRender { get; }

    /// <summary>Whether the document is the booted host shell. After a navigation it is not.</summary>
    bool IsStandby { get; }

    /// <summary>How the page ended by itself; <see cref="PageTermination.None"/> while it lives.</summary>
    PageTermination End { get; }

    /// <summary>What the page said and asked for since the last render began.</summary>
    PageActivity Activity { get; }

    /// <summary>Evaluates an expression, awaits it if it is a promise, and returns its JSON value. One round trip.</summary>
    Task<JsonElement> EvaluateAsync(string expression, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Processor time that the page's thread has used so far; answered also while it is busy.</summary>
    Task<TimeSpan> ComputedAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Loads a URL and returns as soon as its document has begun, or a redirect led elsewhere.</summary>
    Task<PageNavigation> NavigateAsync(Uri url, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Loads the standby document anew and waits until the host app is ready.</summary>
    Task BootAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Asks a busy page what it is doing: the JavaScript stack, or null when no script runs. The page stays paused until it is terminated.</summary>
    Task<string?> PauseAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Stops whatever script runs and forbids further script in this page: it is read, and then replaced.</summary>
    Task TerminateAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Whether the page answers a trivial question, also when script is forbidden.</summary>
    Task<bool> AnswersAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>The document's markup as it stands; needs no script, so that it can be had when script is forbidden.</summary>
    Task<string> MarkupAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Sets the viewport for a screenshot; null for the size that the page was made with.</summary>
    Task ResizeAsync(ScreenshotShape? shape, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>The page as a screenshot.</summary>
    Task<byte[]> ScreenshotAsync(ScreenshotShape shape, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>From now on requests to the credentials' origin, and only those, carry them.</summary>
    Task ShowCredentialsAsync(PageCredentials credentials, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Ends <see cref="ShowCredentialsAsync"/>. Answered also by a page that is busy.</summary>
    Task ForgetCredentialsAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Leaves the document for an empty one: nothing of it runs on.</summary>
    Task ParkAsync(TimeSpan deadline, CancellationToken cancellationToken);
}

/// <summary>The host app's word on itself, read from the page: host and fleet are deployed independently.</summary>
/// <param name="Version">Version of the host contract; empty for a host without it.</param>
/// <param name="Capabilities">What it can do: <c>render</c>, <c>extract</c>, <c>stage</c>, …; empty for a host without the contract.</param>
internal sealed record HostCapabilities(string Version, IReadOnlyList<string> Capabilities)
{
    /// <summary>No host contract in this document.</summary>
    public static HostCapabilities None { get; } = new("", []);

    /// <summary>Whether <c>fleet.render</c> may be called.</summary>
    public bool Renders => Capabilities.Contains("render");

    /// <summary>Whether <c>fleet.extract</c> may be called.</summary>
    public bool Extracts => Capabilities.Contains("extract");

    /// <summary>Whether <c>fleet.run</c> may be called.</summary>
    public bool Runs => Capabilities.Contains("run");

    /// <summary>Whether <c>fleet.stage</c> may be called.</summary>
    public bool TellsStage => Capabilities.Contains("stage");
}

/// <summary>How a page ended without being told to.</summary>
internal enum PageTermination
{
    /// <summary>It lives.</summary>
    None,

    /// <summary>It closed itself, or its browser went away.</summary>
    Closed,

    /// <summary>Its renderer crashed.</summary>
    Crashed,
}

/// <summary>What a screenshot shows.</summary>
/// <param name="Type">File type.</param>
/// <param name="FullPage">The whole page instead of the viewport.</param>
/// <param name="Selector">Only the first element that matches.</param>
/// <param name="Width">Of the viewport in CSS pixels; null for the browser's own.</param>
/// <param name="Height">Of the viewport in CSS pixels; null for the browser's own.</param>
/// <param name="Format">Not the page but this format of it, alone.</param>
/// <param name="Scale">Pixels per CSS pixel.</param>
internal sealed record ScreenshotShape(
    ScreenshotType Type, bool FullPage = false, string? Selector = null, int? Width = null, int? Height = null, RenderFormat? Format = null, int Scale = 1)
{
    /// <summary>Whether the viewport has to be changed for it, and back.</summary>
    public bool IsSized => Width is not null || Height is not null || Scale != 1;
}

/// <summary>What a render may show of itself, and to whom alone.</summary>
/// <param name="Origin">The only origin that it is sent to.</param>
/// <param name="Authorization">The value of the header.</param>
internal sealed record PageCredentials(string Origin, string Authorization)
{
    /// <summary>Says nothing, so that it can be in a log.</summary>
    public override string ToString() => $"credentials for {Origin}";
}
