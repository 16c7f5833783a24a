using System.Text.Json;

namespace Fleet.Contracts;

/// <summary>What a visit produced. The outcome is here, never in an HTTP status: staleness and failure are data in a 200.</summary>
public sealed record RenderResult
{
    /// <summary>How the visit ended.</summary>
    public required RenderOutcome Outcome { get; init; }

    /// <summary>The URL that was rendered.</summary>
    public required string Url { get; init; }

    /// <summary>The affinity that it was rendered for.</summary>
    public string? Affinity { get; init; }

    /// <summary>The page's own HTTP status (200, 404, 301, …); 0 when the page never said.</summary>
    public int Status { get; init; }

    /// <summary>Where the page redirects to, when <see cref="Status"/> is a redirect.</summary>
    public string? RedirectUrl { get; init; }

    /// <summary>Headers that the page asks for (<c>prerender-header</c>), if any.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Rendered text by format. A format that did not finish in time is missing.</summary>
    public IReadOnlyDictionary<RenderFormat, string> Formats { get; init; } = new Dictionary<RenderFormat, string>();

    /// <summary>What the host says about the content: search document, types. Of a command, what it returned.</summary>
    public JsonElement? Data { get; init; }

    /// <summary>When the command was started; the same however often it is asked for. Null for anything but a command.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Every URL of the realm that the page read during the visit; a change of one of them makes this result old.</summary>
    public IReadOnlyList<string> Deps { get; init; } = [];

    /// <summary>The shell of the document that rendered; null when no page was reached.</summary>
    public ShellStamp? Shell { get; init; }

    /// <summary>Which page did it; null when no page was reached.</summary>
    public RenderPage? Page { get; init; }

    /// <summary>Where the time went.</summary>
    public RenderTimings Timings { get; init; } = new();

    /// <summary>What a person needs to understand an outcome other than <see cref="RenderOutcome.Rendered"/>.</summary>
    public RenderDiagnostics? Diagnostics { get; init; }
}

/// <summary>The page that rendered.</summary>
/// <param name="Server">Name of the prerender server.</param>
/// <param name="Slot">Number of the slot on that server.</param>
/// <param name="Warm">Whether the page had rendered for this affinity before.</param>
public sealed record RenderPage(string Server, long Slot, bool Warm);

/// <summary>Where a visit's time went, in milliseconds.</summary>
public sealed record RenderTimings
{
    /// <summary>Waiting for a slot.</summary>
    public double QueueMs { get; init; }

    /// <summary>Booting a page for this visit; 0 when one was at hand.</summary>
    public double BootMs { get; init; }

    /// <summary>The page's own work.</summary>
    public double RenderMs { get; init; }

    /// <summary>Reading the result out of the page.</summary>
    public double CaptureMs { get; init; }
}

/// <summary>The host shell that a page had loaded when it rendered.</summary>
/// <param name="Token">md5 of the exact shell bytes, 32 lower-case hex digits.</param>
/// <param name="Generation">The generation under which that token was last current; null when its server never knew it as the current one.</param>
/// <param name="Current">Whether the token was the fleet's current one when the result was sent; null when that could not be verified.</param>
public sealed record ShellStamp(string Token, long? Generation, bool? Current)
{
    /// <summary>Whether the token was the fleet's current one already when the visit began; null when that could not be verified. Only a page
    /// that was current from beginning to end may decide that content is in error.</summary>
    public bool? CurrentAtStart { get; init; }
}

/// <summary>How a visit ended. The first five are verdicts on the content; only verdicts are stored.</summary>
public enum RenderOutcome
{
    /// <summary>The page rendered.</summary>
    Rendered,

    /// <summary>The content's own error, or a status of 400 and up that the page gave itself.</summary>
    Failed,

    /// <summary>The deadline passed first. What had finished by then is in the result.</summary>
    TimedOut,

    /// <summary>The page asked for credentials that the visit did not carry.</summary>
    Unauthorized,

    /// <summary>The page loaded but cannot be used: no host in it, it closed itself, it answers nothing.</summary>
    Unusable,

    /// <summary>Says something about the infrastructure only: the browser or the network was lost. Never stored.</summary>
    NoVerdict,
}
