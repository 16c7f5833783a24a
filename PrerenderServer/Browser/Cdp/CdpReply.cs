using System.Buffers;

namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>A message from the browser, in an array of the shared pool. The last owner disposes it.</summary>
internal sealed class CdpReply(byte[] buffer, int length) : IDisposable
{
    private byte[]? _buffer = buffer;

    /// <summary>The whole message.</summary>
    public Memory<byte> Bytes => _buffer is { } b ? b.AsMemory(0, length) : throw new ObjectDisposedException(nameof(CdpReply));

    /// <summary>Whether the message was too long. Then only its start and its end are available.</summary>
    public bool IsCut { get; init; }

    /// <summary>Length of the message as it was received, in bytes.</summary>
    public long TotalBytes { get; init; }

    /// <summary>The bytes of <c>result</c>; set by the command that it completes.</summary>
    public Range Result { get; set; }

    /// <summary>The result's JSON text.</summary>
    public ReadOnlySpan<byte> ResultBytes => Bytes.Span[Result];

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } b)
        {
            ArrayPool<byte>.Shared.Return(b);
        }
    }
}
