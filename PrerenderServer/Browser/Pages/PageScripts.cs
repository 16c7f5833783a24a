using System.Text.Json;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>Scripts that run in pages, embedded from <c>*.js</c> files. Lengths are in characters.</summary>
internal static class PageScripts
{
    /// <summary>Runs first in every document. Records shadow roots, including closed ones, and defines <c>fleetHtml</c> and the functions below before the
    /// page can replace the built-ins that they need. The empty document between two renders is left out.</summary>
    public static string Start { get; } = $"if (globalThis !== globalThis.top || location.href !== 'about:blank') {{\n{StartOfDocument}\n}}";

    /// <summary>Runs in the booted host app at an address, after <see cref="Start"/>. Turns painting off and on, and notices what the app reads of the layout.</summary>
    public static string PaintAt(Uri standby) => $"if (location.href === {JsonSerializer.Serialize(standby.AbsoluteUri)}) {{\n{Read("paint")}\n}}";

    /// <summary>Paints the booted host app again, for a picture of it.</summary>
    public const string Paint = "globalThis.__fleetPaint?.(true)";

    /// <summary>Runs first in every dedicated worker of a document. No request outlives it.</summary>
    public static string StartOfWorker { get; } = Read("requests");

    // In one block, whose constants the page does not see.
    private static string StartOfDocument => string.Concat(
        ((string[])["builtins", "requests", "start", "names", "escape", "html", "css", "ends", "blobs", "place", "policy", "sheets", "capture", "pending", "settle", "scrollers", "reveal", "ready", "soft"]).Select(Read));

    /// <summary>A function of a time without growth and a maximum time, in milliseconds. Resolves when the host app is ready: to its capabilities, or to null if there is
    /// no host contract when the document stops growing.</summary>
    public static string Boot { get; } = Read("boot");

    /// <summary>A function of <c>render</c> or <c>extract</c>, a render request, the maximum length and whether the page is painted. Resolves to JSON text: the host's reply, the
    /// URLs that the page fetched, and what it used of the layout.</summary>
    public static string Render { get; } = Read("render");

    /// <summary>A function of a command, its input as JSON text, its call and the maximum length. Resolves to the host's reply as JSON text.</summary>
    public static string Run { get; } = Read("run");

    /// <summary>A function of the maximum length. Returns the host's report on the render in progress as JSON text.</summary>
    public static string Stage { get; } = Read("stage");

    /// <summary>A function of a time without growth and a maximum time, in milliseconds. Resolves to <c>explicit</c> when the document declares that it is ready, to
    /// <c>quiet</c> when it has not grown for that time, or to <c>restless</c> and the element that still grows. <see cref="Start"/> defines it.</summary>
    public const string Settle = "__fleetSettle";

    /// <summary>A function of a maximum time in milliseconds. Scrolls through the document and back, if content waits to be scrolled to, and resolves to whether it
    /// did. <see cref="Start"/> defines it.</summary>
    public const string Reveal = "__fleetReveal";

    /// <summary>A function of the maximum length and the requested URL. Resolves to the document as HTML, with its URL, status, headers and requests. <see cref="Start"/> defines it.</summary>
    public const string Capture = "__fleetCapture";

    /// <summary>A function of the document's source, as the server sent it. Prepares the document for <see cref="Visit"/>. <see cref="Start"/> defines it.</summary>
    public const string Keep = "__fleetKeep";

    /// <summary>A function of a URL. Resolves to why the server does not send the same document for it, or to an empty text once the app was navigated to the URL.
    /// <see cref="Start"/> defines it.</summary>
    public const string Visit = "__fleetVisit";

    /// <summary>A function of the same URL. Returns why the app does not show it, or an empty text. <see cref="Start"/> defines it.</summary>
    public const string Arrived = "__fleetArrived";

    /// <summary>A function of a selector. Scrolls to the first matching element, also in open shadow trees, inside of the document, and returns its x, y, width and height in page
    /// coordinates, or null.</summary>
    public static string Box { get; } = Read("box");

    /// <summary>A function of markup. Shows it in an overlay that fills the viewport; null removes the overlay.</summary>
    public static string Show { get; } = Read("show");

    /// <summary>A function of two booleans: whether the screenshot shows the whole page instead of the viewport, and whether it is a PDF. Ends finite animations, shows what
    /// <c>content-visibility: auto</c> skips and all content of an app shell, moves fixed and sticky elements to their place in the whole page, and resolves when fonts and images have loaded.
    /// <see cref="Start"/> defines it.</summary>
    public const string ScreenshotReady = "__fleetReady";

    /// <summary>Runs first in a document whose visit waits for an event, wherever it is dispatched in the window.</summary>
    /// <param name="name">Name of the event.</param>
    public static string Listen(string name) =>
        $"addEventListener({JsonSerializer.Serialize(name)}, () => Object.defineProperty(globalThis, '__fleetEvent', {{ value: true, configurable: true }}), {{ capture: true, once: true }})";

    private static string Read(string name)
    {
        using var stream = typeof(PageScripts).Assembly.GetManifestResourceStream($"Fleet.PrerenderServer.Browser.Scripts.{name}.js")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
