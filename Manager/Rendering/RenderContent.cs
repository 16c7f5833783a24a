using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net.Mime;
using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Manager.Rendering;

/// <summary>What a render is answered with: a result, a document or a screenshot, as its server sent it. Small ones are here whole, and may be given to
/// several callers. Of a large one there is the beginning, and the rest is read as it is passed on: for that there can be one caller only, since the
/// slowest of several would decide how much of it has to be kept.</summary>
internal sealed class RenderContent : IDisposable
{
    private const int Chunk = 64 * 1024;
    private ReadOnlyMemory<byte> _start;
    private readonly ResponseRemainder? _rest;
    private bool _isTaken;

    /// <param name="outcome">How the render ended.</param>
    /// <param name="mediaType">Type of the body.</param>
    /// <param name="start">The body, or its beginning.</param>
    /// <param name="rest">What is still to come; null when nothing is.</param>
    public RenderContent(RenderOutcome outcome, string mediaType, ReadOnlyMemory<byte> start, ResponseRemainder? rest = null) =>
        (Outcome, MediaType, _start, _rest) = (outcome, mediaType, start, rest);

    public RenderOutcome Outcome { get; }

    public string MediaType { get; }

    /// <summary>The page's own status; 0 when it never said.</summary>
    public int Status { get; init; }

    /// <summary>Where the page redirects to.</summary>
    public string? Location { get; init; }

    /// <summary>The shell of the document that rendered.</summary>
    public string? ShellToken { get; init; }

    /// <summary>The result, where the manager had to understand it or has made it itself.</summary>
    public RenderResult? Result { get; init; }

    /// <summary>Whether all of it is here.</summary>
    public bool IsBuffered => _rest is null;

    /// <summary>Its length in bytes; null while that is not known.</summary>
    public long? Length => _rest is null ? _start.Length : _rest.Length;

    /// <summary>A result that the manager has understood, or made.</summary>
    /// <param name="result">The result.</param>
    /// <param name="json">It, as its server wrote it; null for one that the manager made.</param>
    public static RenderContent Of(RenderResult result, ReadOnlyMemory<byte>? json = null) =>
        new(result.Outcome, MediaTypeNames.Application.Json, json ?? JsonSerializer.SerializeToUtf8Bytes(result, FleetJson.Options))
        {
            Result = result,
            Status = result.Status,
            Location = result.RedirectUrl,
            ShellToken = result.Shell?.Token,
        };

    /// <summary>Makes it the caller's own, who must pass it on or dispose it. False when it is large and somebody else's already.</summary>
    public bool TryTake() => IsBuffered || !Interlocked.Exchange(ref _isTaken, true);

    /// <summary>Passes it on as it comes.</summary>
    /// <exception cref="BrokenBodyException">The rest did not come.</exception>
    public async Task CopyToAsync(Stream target, CancellationToken cancellationToken)
    {
        await target.WriteAsync(_start, cancellationToken);
        if (_rest is null)
        {
            return;
        }

        // It is one caller's, and may take long: what has gone need not be kept.
        _start = default;

        var buffer = ArrayPool<byte>.Shared.Rent(Chunk);
        try
        {
            for (var count = await _rest.ReadAsync(buffer, cancellationToken); count > 0; count = await _rest.ReadAsync(buffer, cancellationToken))
            {
                await target.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose() => _rest?.Dispose();
}

/// <summary>How a render ended: with content, whatever its outcome, or with a error.</summary>
internal sealed class RenderAnswer
{
    private RenderAnswer(RenderContent? content, RenderError? error) => (Content, RenderError) = (content, error);

    public RenderContent? Content { get; }

    public RenderError? RenderError { get; }

    [MemberNotNullWhen(true, nameof(RenderError))]
    [MemberNotNullWhen(false, nameof(Content))]
    public bool IsError => RenderError is not null;

    /// <summary>The result, where the manager had to understand it.</summary>
    public RenderResult? Result => Content?.Result;

    public static implicit operator RenderAnswer(RenderContent content) => new(content, null);

    public static implicit operator RenderAnswer(RenderResult result) => new(RenderContent.Of(result), null);

    public static implicit operator RenderAnswer(RenderError error) => new(null, error);
}

/// <summary>A render that is not done, and why, in words that the caller can act on.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Reason">Stable word for programs.</param>
/// <param name="Detail">A sentence for people: what happened, the value, the setting.</param>
internal sealed record RenderError(int Status, string Reason, string Detail)
{
    /// <summary>When to try again; null when trying again would not help.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>How often the render may still be sent to a server; null when it was sent to none.</summary>
    public int? AttemptsLeft { get; init; }

    /// <summary>Further members of the problem details, if any.</summary>
    public IReadOnlyDictionary<string, object?>? Members { get; init; }

    public static RenderError Deadline(string detail) => new(504, "deadline", detail);
}
