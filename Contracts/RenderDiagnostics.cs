namespace Fleet.Contracts;

/// <summary>Explains the outcome of a render. Contains text of the page, truncated, but never cookies or credentials.</summary>
public sealed record RenderDiagnostics
{
    /// <summary>A sentence: what happened.</summary>
    public string? Message { get; init; }

    /// <summary>The step that failed or timed out: <c>queue</c>, <c>boot</c>, <c>navigate</c>, <c>wait</c>, <c>render</c>, <c>run</c>, <c>settle</c>, <c>capture</c>, <c>screenshot</c>.</summary>
    public string? Stage { get; init; }

    /// <summary>Console errors of the render, oldest first, at most 20.</summary>
    public IReadOnlyList<string> Console { get; init; } = [];

    /// <summary>Failed requests, at most 20.</summary>
    public IReadOnlyList<string> FailedRequests { get; init; } = [];

    /// <summary>The JavaScript stack of the content's error, or of the page when it was stopped.</summary>
    public string? Stack { get; init; }

    /// <summary>Path of the failure's record at any manager, <c>/failures/…</c>, for operators. Null when the render did not fail in a page.</summary>
    public string? Record { get; init; }

    /// <summary><c>settled</c>, or <c>capped</c> when the page was captured before it had settled, or a screenshot has only a part of its height.</summary>
    public string? Stability { get; init; }
}
