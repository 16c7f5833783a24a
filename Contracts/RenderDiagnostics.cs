namespace Fleet.Contracts;

/// <summary>Why a visit ended as it did. Text of the page, cut to size; never cookies or credentials.</summary>
public sealed record RenderDiagnostics
{
    /// <summary>One sentence: what happened.</summary>
    public string? Message { get; init; }

    /// <summary>The step that failed or was late: <c>queue</c>, <c>boot</c>, <c>navigate</c>, <c>render</c>, <c>run</c>, <c>settle</c>, <c>capture</c>, <c>screenshot</c>.</summary>
    public string? Stage { get; init; }

    /// <summary>Console errors of the visit, oldest first, at most 20.</summary>
    public IReadOnlyList<string> Console { get; init; } = [];

    /// <summary>Requests that failed, at most 20.</summary>
    public IReadOnlyList<string> FailedRequests { get; init; } = [];

    /// <summary>The JavaScript stack of the content's error, or of what the page was doing when it was stopped.</summary>
    public string? Stack { get; init; }

    /// <summary><c>settled</c>, or <c>capped</c> when the page was captured although it had not come to rest.</summary>
    public string? Stability { get; init; }
}
