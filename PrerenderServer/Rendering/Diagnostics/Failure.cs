using System.Text.Json.Serialization;
using Fleet.Contracts;

namespace Fleet.PrerenderServer.Rendering.Diagnostics;

/// <summary>A render that did not render, for the person who wants to know why.</summary>
internal sealed record Failure
{
    /// <summary>Longest document that is kept, in characters.</summary>
    public const int MaxHtml = 256 * 1024;

    /// <summary>Longest message that is kept, in characters.</summary>
    public const int MaxMessage = 2_000;

    /// <summary>Longest stack that is kept, in characters.</summary>
    public const int MaxStack = 16_000;

    /// <summary>Number on this server, growing.</summary>
    public required long Id { get; init; }

    /// <summary>When it ended.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Id of the logical call.</summary>
    public required string RequestId { get; init; }

    /// <summary>The URL.</summary>
    public required string Url { get; init; }

    /// <summary>How it ended.</summary>
    public required RenderOutcome Outcome { get; init; }

    /// <summary>The page's HTTP status; 0 when it never said.</summary>
    public int Status { get; init; }

    /// <summary>Where the time went.</summary>
    public required RenderTimings Timings { get; init; }

    /// <summary>Message, stage, console, requests, stack.</summary>
    public RenderDiagnostics? Diagnostics { get; init; }

    /// <summary>The document as it stood, cut to size; null when the page told nothing, or showed what credentials had opened.</summary>
    public string? Html { get; init; }

    /// <summary>Whether <c>/failures/{id}/screenshot</c> has a screenshot.</summary>
    public bool HasScreenshot => Screenshot is not null;

    /// <summary>The page as it looked, as JPEG.</summary>
    [JsonIgnore]
    public byte[]? Screenshot { get; init; }

    /// <summary>A page's text, no longer than that: what a page says is as long as it likes.</summary>
    public static string? Cut(string? text, int most) => text is { Length: var length } && length > most ? text[..most] : text;
}
