using System.Text.Json;
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

    /// <summary>What the page said and asked for since the last visit began.</summary>
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

    /// <summary>Sets the viewport for a picture; null for the size that the page was made with.</summary>
    Task ResizeAsync(PictureShape? shape, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>The page as a picture.</summary>
    Task<byte[]> PictureAsync(PictureShape shape, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>From now on requests to the credentials' origin, and only those, carry them.</summary>
    Task ShowCredentialsAsync(PageCredentials credentials, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Ends <see cref="ShowCredentialsAsync"/>. Answered also by a page that is busy.</summary>
    Task ForgetCredentialsAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Leaves the document for an empty one: nothing of it runs on.</summary>
    Task ParkAsync(TimeSpan deadline, CancellationToken cancellationToken);
}
