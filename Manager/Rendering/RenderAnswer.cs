using System.Diagnostics.CodeAnalysis;
using Fleet.Contracts;

namespace Fleet.Manager.Rendering;

/// <summary>The answer to a render: content, whatever its outcome, or an error.</summary>
internal sealed class RenderAnswer
{
    private RenderAnswer(RenderContent? content, RenderError? error) => (Content, RenderError) = (content, error);

    public RenderContent? Content { get; }

    public RenderError? RenderError { get; }

    [MemberNotNullWhen(true, nameof(RenderError))]
    [MemberNotNullWhen(false, nameof(Content))]
    public bool IsError => RenderError is not null;

    public static implicit operator RenderAnswer(RenderContent content) => new(content, null);

    public static implicit operator RenderAnswer(RenderResult result) => new(RenderContent.Of(result), null);

    public static implicit operator RenderAnswer(RenderError error) => new(null, error);
}

/// <summary>The error of a render that did not take place.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Reason">Stable reason for programs.</param>
/// <param name="Detail">A sentence for people: what happened, the value, the setting.</param>
internal sealed record RenderError(int Status, string Reason, string Detail)
{
    /// <summary>When to retry; null when a retry would not help.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Remaining attempts; null when no server was tried.</summary>
    public int? AttemptsLeft { get; init; }

    /// <summary>Further members of the problem details, if any.</summary>
    public IReadOnlyDictionary<string, object?>? Members { get; init; }

    /// <summary>The error for an empty page, which a search engine would take for the content of its URL.</summary>
    public static RenderError EmptyPage { get; } = new(503, "empty", "The page shows nothing: its app did not start. Check that the scripts that it references exist. POST /renders returns it with its diagnostics.")
    {
        RetryAfter = TimeSpan.FromSeconds(5),
    };

    public static RenderError Deadline(string detail) => new(504, "deadline", detail);
}
