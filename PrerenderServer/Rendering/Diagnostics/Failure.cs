using System.Text.Json.Serialization;
using Fleet.Contracts;

namespace Fleet.PrerenderServer.Rendering.Diagnostics;

/// <summary>A failed render, kept for troubleshooting.</summary>
internal sealed record Failure
{
    /// <summary>Maximum length of a document, in characters.</summary>
    public const int MaxHtml = 256 * 1024;

    /// <summary>Maximum length of a message, in characters.</summary>
    public const int MaxMessage = 2_000;

    /// <summary>Maximum length of a stack, in characters.</summary>
    public const int MaxStack = 16_000;

    /// <summary>Number of the failure on this server, ascending.</summary>
    public required long Id { get; init; }

    /// <summary>When the render ended.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Id of the logical call.</summary>
    public required string RequestId { get; init; }

    /// <summary>The rendered URL.</summary>
    public required string Url { get; init; }

    /// <summary>The outcome.</summary>
    public required RenderOutcome Outcome { get; init; }

    /// <summary>The page's HTTP status; 0 if there was no response.</summary>
    public int Status { get; init; }

    /// <summary>Time spent per step.</summary>
    public required RenderTimings Timings { get; init; }

    /// <summary>Message, stage, console, failed requests and stack.</summary>
    public RenderDiagnostics? Diagnostics { get; init; }

    /// <summary>The document's markup, truncated to <see cref="MaxHtml"/>; null if it was not captured, as for every private render.</summary>
    public string? Html { get; init; }

    /// <summary>Whether <c>/failures/{id}/screenshot</c> returns a screenshot.</summary>
    public bool HasScreenshot => Screenshot is not null;

    /// <summary>Screenshot of the page, as JPEG.</summary>
    [JsonIgnore]
    public byte[]? Screenshot { get; init; }

    /// <summary>The failure as an entry of a list.</summary>
    /// <param name="server">This server.</param>
    public FailedRender Summarize(ServerIdentity server) => new()
    {
        Id = Id,
        At = At,
        RequestId = RequestId,
        Url = Url,
        Outcome = Outcome,
        Status = Status,
        Timings = Timings,
        Stage = Diagnostics?.Stage,
        Message = Diagnostics?.Message,
        HasScreenshot = HasScreenshot,
        Server = server.Name,
        Record = FailedRender.LinkTo(server.Incarnation, Id),
    };
}
