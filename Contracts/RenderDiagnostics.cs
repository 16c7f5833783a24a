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

    /// <summary>The first request that failed in a way which suggests that the page shows an error in place of its content: <c>GET https://api.example.com/products: 503</c>. Null if there
    /// is none, or it succeeded later. Such a page is not stored.</summary>
    public string? MissingContent { get; init; }

    /// <summary>The JavaScript stack of the content's error, or of the page when it was stopped.</summary>
    public string? Stack { get; init; }

    /// <summary>Path of the failure's record at any manager, <c>/failures/…</c>, for operators. Null when the render did not fail in a page.</summary>
    public string? Record { get; init; }

    /// <summary>Whether content may be missing: <see cref="RenderStability.Settled"/> or <see cref="RenderStability.Capped"/>. Null if it was not measured.</summary>
    public string? Stability { get; init; }
}

/// <summary>The words of <see cref="RenderDiagnostics.Stability"/>, and of the header <see cref="FleetHeaders.Stability"/>.</summary>
public static class RenderStability
{
    /// <summary>The page had settled when it was captured.</summary>
    public const string Settled = "settled";

    /// <summary>The page was captured before it had settled, or a screenshot shows only a part of its height.</summary>
    public const string Capped = "capped";
}
