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
