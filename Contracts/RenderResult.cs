using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fleet.Contracts;

/// <summary>The result of a render. The outcome is part of the result, never an HTTP status: a stale or failed render is a 200.</summary>
public sealed record RenderResult
{
    /// <summary>How the render ended.</summary>
    public required RenderOutcome Outcome { get; init; }

    /// <summary>The URL that was rendered.</summary>
    public required string Url { get; init; }

    /// <summary>The affinity of the render.</summary>
    public string? Affinity { get; init; }

    /// <summary>The page's own HTTP status (200, 404, 301, …); 0 when the page set none.</summary>
    public int Status { get; init; }

    /// <summary>Where the page redirects to, if <see cref="Status"/> is a redirect.</summary>
    public string? RedirectUrl { get; init; }

    /// <summary>Response headers that the page requests (<c>prerender-header</c>), if any.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Rendered text by format. A format that did not finish in time is missing.</summary>
    public IReadOnlyDictionary<RenderFormat, string> Formats { get; init; } = new Dictionary<RenderFormat, string>();

    /// <summary>The host's data about the content: search document and types. For a command, its return value.</summary>
    public JsonElement? Data { get; init; }

    /// <summary>When the command was started; the same on every repeat. Null for renders.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Every URL of the realm that the page read during the render; a change of one of them makes this result outdated.</summary>
    public IReadOnlyList<string> Deps { get; init; } = [];

    /// <summary>The shell of the document that rendered; null when the render got no page.</summary>
    public ShellStamp? Shell { get; init; }

    /// <summary>The page that rendered; null when the render got no page.</summary>
    public RenderPage? Page { get; init; }

    /// <summary>Durations of the steps.</summary>
    public RenderTimings Timings { get; init; } = new();

    /// <summary>Explains an outcome other than <see cref="RenderOutcome.Rendered"/>.</summary>
    public RenderDiagnostics? Diagnostics { get; init; }
}

/// <summary>The page that rendered.</summary>
/// <param name="Server">Name of the prerender server.</param>
/// <param name="Slot">Number of the slot on that server.</param>
/// <param name="Warm">Whether the page had rendered for this affinity before.</param>
public sealed record RenderPage(string Server, long Slot, bool Warm)
{
    /// <summary>Whether the page's renderer process died during the render. The only evidence that the content crashes browsers: a render without a verdict may just as well
    /// have found its site down.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Crashed { get; init; }

    /// <summary>Whether the app was already loaded and navigated to the URL within its document, instead of being loaded for it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool SoftNavigation { get; init; }
}

/// <summary>Durations of the steps of a render, in milliseconds.</summary>
public sealed record RenderTimings
{
    /// <summary>Waiting for a slot.</summary>
    public double QueueMs { get; init; }

    /// <summary>Booting a page for this render; 0 when one was available.</summary>
    public double BootMs { get; init; }

    /// <summary>Rendering in the page.</summary>
    public double RenderMs { get; init; }

    /// <summary>Reading the result from the page.</summary>
    public double CaptureMs { get; init; }
}

/// <summary>The host shell that a page had loaded when it rendered.</summary>
/// <param name="Token">md5 of the exact shell bytes, 32 lower-case hex digits.</param>
/// <param name="Generation">The generation under which the token was last current; null when the server never knew it as current.</param>
/// <param name="Current">Whether the token was current when the result was sent; null when that could not be verified.</param>
public sealed record ShellStamp(string Token, long? Generation, bool? Current)
{
    /// <summary>Whether the token was current when the render began; null when that could not be verified. A failure of the content counts only if the page was
    /// current from beginning to end.</summary>
    public bool? CurrentAtStart { get; init; }
}

/// <summary>How a render ended. All but the last are verdicts on the content; only verdicts are stored.</summary>
public enum RenderOutcome
{
    /// <summary>The page rendered.</summary>
    Rendered,

    /// <summary>The content failed, or the page set a status of 400 or higher.</summary>
    Failed,

    /// <summary>The deadline passed. The result contains the formats that were finished.</summary>
    TimedOut,

    /// <summary>The page requires credentials that the render does not have.</summary>
    Unauthorized,

    /// <summary>The page loaded but cannot be used: it has no host app, closed itself, or does not respond.</summary>
    Unusable,

    /// <summary>The URL has no HTML document: it is a download, an image, JSON, a feed or another text, or a response without a body.</summary>
    NotAPage,

    /// <summary>No verdict on the content: the infrastructure failed, for example the browser or the network. Never stored.</summary>
    NoVerdict,
}
