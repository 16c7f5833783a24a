using System.Buffers;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.ServiceDefaults;

namespace Fleet.Manager.Rendering;

/// <summary>The content of an answer: a result, a document or a screenshot, as the server sent it. Small content is buffered and can be shared by several
/// callers. Large content is streamed to a single caller: with several, the slowest would determine how much must be buffered.</summary>
internal sealed class RenderContent : IDisposable
{
    private const int BufferSize = 64 * 1024;
    private ReadOnlyMemory<byte> _start;
    private readonly ResponseRemainder? _rest;
    private bool _isTaken;

    /// <summary>Creates content from a body or its beginning.</summary>
    /// <param name="summary">How the render ended.</param>
    /// <param name="mediaType">Media type of the body.</param>
    /// <param name="start">The body, or its beginning.</param>
    /// <param name="rest">The remainder of the body; null when <paramref name="start"/> is complete.</param>
    public RenderContent(RenderSummary summary, string mediaType, ReadOnlyMemory<byte> start, ResponseRemainder? rest = null) =>
        (Summary, MediaType, _start, _rest) = (summary, mediaType, start, rest);

    /// <summary>How the render ended, and what is known of the page without its body.</summary>
    public RenderSummary Summary { get; }

    public string MediaType { get; }

    /// <summary>Age of a stored page; null for a render.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>Name of the server that rendered.</summary>
    public string? Server { get; init; }

    /// <summary>The result, if the manager parsed or created it.</summary>
    public RenderResult? Result { get; init; }

    /// <summary>The diagnostics of the result, parsed if necessary; null when there are none, or the result is streamed.</summary>
    public RenderDiagnostics? ReadDiagnostics()
    {
        if (Result is not null || !IsBuffered || MediaTypeHeaderValue.TryParse(MediaType, out var type) && type.MediaType != MediaTypeNames.Application.Json)
        {
            return Result?.Diagnostics;
        }

        try
        {
            return JsonSerializer.Deserialize<RenderResult>(_start.Span, FleetJson.Options)?.Diagnostics;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether it is a document with status 200 that shows nothing, as that of an app that did not start. Streamed documents are too large for that.</summary>
    public bool IsEmptyPage() => Summary is { Outcome: RenderOutcome.Rendered, Status: 0 or StatusCodes.Status200OK, Location: null } && IsBuffered && (Result is { } result ? result.Formats.TryGetValue(RenderFormat.Html, out var html) && !ShownContent.IsIn(html)
        : MediaType.StartsWith(MediaTypeNames.Text.Html, StringComparison.Ordinal) && !ShownContent.IsIn(Encoding.UTF8.GetString(_start.Span)));

    /// <summary>Whether the whole body is in memory.</summary>
    public bool IsBuffered => _rest is null;

    /// <summary>Length of the body in bytes; null when the server did not state it.</summary>
    public long? Length => _rest is null ? _start.Length : _rest.Length;

    /// <summary>Creates content from a result.</summary>
    /// <param name="result">The result.</param>
    /// <param name="json">The result as the server wrote it; null when the manager created it.</param>
    /// <param name="server">Name of the server that sent it; null when the manager created it.</param>
    public static RenderContent Of(RenderResult result, ReadOnlyMemory<byte>? json = null, string? server = null) =>
        new(RenderSummary.Of(result), MediaTypeNames.Application.Json, json ?? JsonSerializer.SerializeToUtf8Bytes(result, FleetJson.Options))
        {
            Result = result,
            Server = server,
        };

    /// <summary>Takes ownership: the taker must copy or dispose it. False when the content is streamed and another caller has taken it.</summary>
    public bool TryTake() => IsBuffered || !Interlocked.Exchange(ref _isTaken, true);

    /// <summary>Copies the body to <paramref name="target"/>.</summary>
    /// <exception cref="BrokenBodyException">The remainder of the body did not arrive.</exception>
    public async Task CopyToAsync(Stream target, CancellationToken cancellationToken)
    {
        await target.WriteAsync(_start, cancellationToken);
        if (_rest is null)
        {
            return;
        }

        // Streamed content has one caller and may take long: free what was sent.
        _start = default;

        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
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
