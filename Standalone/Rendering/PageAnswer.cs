using Fleet.Contracts;

namespace Fleet.Standalone.Rendering;

/// <summary>What the manager answered for one page.</summary>
internal sealed record PageAnswer
{
    /// <summary>The document or the file; null when there is none.</summary>
    public byte[]? Content { get; init; }

    /// <summary>Whether the content is the manager's whole result, which says of itself how the visit ended.</summary>
    public bool IsResult { get; init; }

    /// <summary>How the visit ended; null when there was no visit.</summary>
    public RenderOutcome? Outcome { get; init; }

    /// <summary>The page's own HTTP status; 0 when it never said.</summary>
    public int Status { get; init; }

    /// <summary>Where the page redirects to; null when it does not.</summary>
    public string? RedirectUrl { get; init; }

    /// <summary>Console errors, failed requests, the step that was late.</summary>
    public RenderDiagnostics? Diagnostics { get; init; }

    /// <summary>Why there was no visit or no content, in the manager's words; null when there is content.</summary>
    public string? Problem { get; init; }
}
