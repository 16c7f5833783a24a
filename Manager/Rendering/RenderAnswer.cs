using System.Diagnostics.CodeAnalysis;
using Fleet.Contracts;

namespace Fleet.Manager.Rendering;

/// <summary>How a render ended: with content, whatever its outcome, or with a refusal.</summary>
internal sealed class RenderAnswer
{
    private RenderAnswer(RenderContent? content, RenderError? refusal) => (Content, RenderError) = (content, refusal);

    public RenderContent? Content { get; }

    public RenderError? RenderError { get; }

    [MemberNotNullWhen(true, nameof(RenderError))]
    [MemberNotNullWhen(false, nameof(Content))]
    public bool IsError => RenderError is not null;

    /// <summary>The result, where the manager had to understand it.</summary>
    public RenderResult? Result => Content?.Result;

    public static implicit operator RenderAnswer(RenderContent content) => new(content, null);

    public static implicit operator RenderAnswer(RenderResult result) => new(RenderContent.Of(result), null);

    public static implicit operator RenderAnswer(RenderError refusal) => new(null, refusal);
}
