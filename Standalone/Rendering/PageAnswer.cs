using Fleet.Contracts;

namespace Fleet.Standalone.Rendering;

/// <summary>The manager's answer for one page.</summary>
internal sealed record PageAnswer
{
    /// <summary>The document or the file; null when there is none.</summary>
    public byte[]? Content { get; init; }

    /// <summary>Whether the content is the manager's whole result as JSON, which has the outcome itself.</summary>
    public bool IsResult { get; init; }

    /// <summary>Outcome of the render; null when there was no render.</summary>
    public RenderOutcome? Outcome { get; init; }

    /// <summary>The page's own HTTP status; 0 when it is unknown.</summary>
    public int Status { get; init; }

    /// <summary>Where the page redirects to; null when it does not.</summary>
    public string? RedirectUrl { get; init; }

    /// <summary>Console errors, failed requests, the step that was late.</summary>
    public RenderDiagnostics? Diagnostics { get; init; }

    /// <summary>Why there was no render or no content, as the manager reports it; null when there is content.</summary>
    public string? Problem { get; init; }
}
