namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>Scripts that run in pages, embedded from <c>*.js</c> files.</summary>
internal static class PageScripts
{
    /// <summary>Runs first in every document: remembers shadow roots, the closed ones too, and defines <c>fleetHtml</c> and <c>__fleetCapture</c>
    /// while the built-ins that they need are still the browser's own.</summary>
    public static string Start { get; } = Read("start") + Read("html") + Read("capture");

    /// <summary>Resolves when the document has booted: to the host's offer, or to null where there is no host contract.</summary>
    public static string Boot { get; } = Read("boot");

    /// <summary>A function of <c>render</c> or <c>extract</c>, a render request and the longest result; resolves to the host's reply as JSON text.</summary>
    public static string Render { get; } = Read("render");

    /// <summary>A function of a command, its input as JSON text, its call and the longest result; resolves to what the host answered as JSON text.</summary>
    public static string Run { get; } = Read("run");

    /// <summary>A function of the longest result; returns what the host says of a render under way as JSON text.</summary>
    public static string Stage { get; } = Read("stage");

    /// <summary>A function of milliseconds; resolves when the document says that it is ready, or was left alone for so long.</summary>
    public static string Settle { get; } = Read("settle");

    /// <summary>A function of the longest result; returns the document as HTML, with what else the render needs to know. <see cref="Start"/> defines it.</summary>
    public const string Capture = "__fleetCapture";

    /// <summary>A function of a selector; returns x, y, width and height of the first element that matches, in the page's coordinates, or null.</summary>
    public static string Box { get; } = Read("box");

    /// <summary>A function of markup; shows it alone, filling the viewport, on top of what the page shows. Of null, it takes that away again.</summary>
    public static string Show { get; } = Read("show");

    /// <summary>Resolves when fonts and images are there.</summary>
    public static string ScreenshotReady { get; } = Read("screenshot-ready");

    private static string Read(string name)
    {
        using var stream = typeof(PageScripts).Assembly.GetManifestResourceStream($"Fleet.PrerenderServer.Browser.Scripts.{name}.js")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
