using System.Buffers;

namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>Reads the messages of a debugging pipe: JSON texts, each ended by a NUL byte. A page determines how long its messages are, so the reader keeps no more of
/// one than its bound. Only the receive loop calls it.</summary>
internal sealed class CdpMessageReader(Stream stream)
{
    /// <summary>Number of bytes kept from the start of a message that is too long, to read its id or method.</summary>
    private const int HeadBytes = 1024;

    /// <summary>Number of bytes kept from its end, to read its session.</summary>
    private const int TailBytes = 128;

    /// <summary>Maximum size of an event in bytes: 64 KB. A page determines how many events it causes and how long they are, so longer ones are discarded while they
    /// are received.</summary>
    public const int MaxEventBytes = 64 * 1024;

    /// <summary>Maximum size in bytes of an event that this server must answer or that tells which document a page shows: 4 MB, twice the longest URL of Chromium.</summary>
    public const int MaxVitalEventBytes = 4 * 1024 * 1024;

    // What one read returned: a part of a message, or many messages.
    private readonly byte[] _chunk = new byte[64 * 1024];
    private int _start;
    private int _end;
    private long _receivedBytes;

    /// <summary>Maximum size of a reply in bytes. A longer one is cut. Default: 128 MB.</summary>
    public int MaxReplyBytes { get; set; } = 128 * 1024 * 1024;

    /// <summary>Number of bytes received.</summary>
    public long ReceivedBytes => Volatile.Read(ref _receivedBytes);

    /// <summary>Reads the next message, which the caller disposes; null at the end of the pipe.</summary>
    public async Task<CdpReply?> ReadAsync()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            var (length, total, isCut) = (0, 0L, false);
            while (_start < _end || await FillAsync())
            {
                var (part, isEnd) = Next();
                buffer = EnsureCapacity(buffer, length, part.Length);
                part.CopyTo(buffer.AsMemory(length));
                length += part.Length;
                total += part.Length;
                isCut = isCut || length > MaxBytesOf(buffer.AsSpan(0, length));
                if (isCut && length > HeadBytes + TailBytes)
                {
                    buffer.AsSpan(length - TailBytes, TailBytes).CopyTo(buffer.AsSpan(HeadBytes));
                    length = HeadBytes + TailBytes;
                }

                if (isEnd)
                {
                    return new CdpReply(buffer, length) { IsCut = isCut, TotalBytes = total };
                }
            }

            ArrayPool<byte>.Shared.Return(buffer);
            return null;
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    private async ValueTask<bool> FillAsync()
    {
        (_start, _end) = (0, await stream.ReadAsync(_chunk));
        Interlocked.Add(ref _receivedBytes, _end);
        return _end > 0;
    }

    /// <summary>The rest of the message as far as it is in the chunk, and whether it ends there.</summary>
    private (Memory<byte> Part, bool IsEnd) Next()
    {
        var rest = _chunk.AsMemory(_start, _end - _start);
        if (rest.Span.IndexOf((byte)0) is >= 0 and var end)
        {
            _start += end + 1;
            return (rest[..end], true);
        }

        _start = _end;
        return (rest, false);
    }

    /// <summary>Maximum size of a message, given its start.</summary>
    private int MaxBytesOf(ReadOnlySpan<byte> start) => start.Length <= MaxEventBytes && start.Length <= MaxReplyBytes ? int.MaxValue : CdpEnvelope.ReadHead(start).Method switch
    {
        null => MaxReplyBytes,
        "Fetch.requestPaused" or "Debugger.paused" or "Page.javascriptDialogOpening" or "Page.frameNavigated" or "Target.attachedToTarget" => MaxVitalEventBytes,
        _ => MaxEventBytes,
    };

    private static byte[] EnsureCapacity(byte[] buffer, int length, int more)
    {
        if (buffer.Length - length >= more)
        {
            return buffer;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length + more, buffer.Length * 2));
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
