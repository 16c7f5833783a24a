using System.Buffers;
using System.Net.WebSockets;

namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>The receive loop. Messages of all tenants' pages pass through it, so no single message may end it.</summary>
internal sealed partial class CdpConnection
{
    /// <summary>Number of bytes kept from the start of a message that is too long, to read its id or method.</summary>
    private const int HeadBytes = 1024;

    /// <summary>Number of bytes kept from its end, to read its session.</summary>
    private const int TailBytes = 128;

    /// <summary>Approximate maximum size of a reply in bytes (buffers grow by doubling). A longer one is dropped and fails its command. Default: 128 MB.</summary>
    public int MaxMessageBytes { get; set; } = 128 * 1024 * 1024;

    /// <summary>Maximum size of an event in bytes: 64 KB. A page determines how many events it causes and how long they are, so longer ones are discarded while they
    /// are received.</summary>
    public const int MaxEventBytes = 64 * 1024;

    /// <summary>Maximum size in bytes of an event that this server must answer or that tells which document a page shows: 4 MB, twice the longest URL of Chromium.</summary>
    public const int MaxVitalEventBytes = 4 * 1024 * 1024;

    private async Task ReceiveAsync()
    {
        var reason = "the browser closed it";
        try
        {
            while (await ReceiveMessageAsync() is { } message)
            {
                Deliver(message);
            }
        }
#pragma warning disable CA1031 // However the loop ends, pending commands must be cancelled.
        catch (Exception e)
#pragma warning restore CA1031
        {
            reason = e.Message;
        }

        LogClosed(reason, _pending.Count);
        await _closed.CancelAsync();
    }

    private async Task<CdpReply?> ReceiveMessageAsync()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        var length = 0;
        var total = 0L;
        var isCut = false;
        try
        {
            while (true)
            {
                var part = await _socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    return null;
                }

                length += part.Count;
                total += part.Count;
                Interlocked.Add(ref _receivedBytes, part.Count);
                isCut |= !part.EndOfMessage && length >= MaxBytesOf(buffer.AsSpan(0, length));
                if (isCut && length > HeadBytes + TailBytes)
                {
                    buffer.AsSpan(length - TailBytes, TailBytes).CopyTo(buffer.AsSpan(HeadBytes));
                    length = HeadBytes + TailBytes;
                }

                if (part.EndOfMessage)
                {
                    return new CdpReply(buffer, length) { IsCut = isCut, TotalBytes = total };
                }

                if (length == buffer.Length)
                {
                    buffer = Grow(buffer, length);
                }
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    /// <summary>Maximum size of a message, given its start.</summary>
    private int MaxBytesOf(ReadOnlySpan<byte> start) => start.Length < MaxEventBytes && start.Length < MaxMessageBytes ? int.MaxValue : CdpEnvelope.ReadHead(start).Method switch
    {
        null => MaxMessageBytes,
        "Fetch.requestPaused" or "Debugger.paused" or "Page.javascriptDialogOpening" or "Page.frameNavigated" or "Target.attachedToTarget" => MaxVitalEventBytes,
        _ => MaxEventBytes,
    };

    private static byte[] Grow(byte[] buffer, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(length * 2);
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private void Deliver(CdpReply message)
    {
        try
        {
            var (id, method) = CdpEnvelope.ReadHead(message.Bytes.Span);
            if (id is { } answered)
            {
                DeliverReply(answered, message);
            }
            else
            {
                DeliverEvent(method, message);
            }
        }
#pragma warning disable CA1031 // A failing listener loses one message; the connection stays open for all others.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogMessageFailed(e);
        }
    }

    private void DeliverReply(long id, CdpReply message)
    {
        if (!_pending.TryGetValue(id, out var command))
        {
            message.Dispose();
        }
        else if (message.IsCut)
        {
            message.Dispose();
            LogTooLong(MaxMessageBytes);
            command.TrySetTooLong(MaxMessageBytes);
        }
        else
        {
            PageJson.Mend(message.Bytes.Span);
            if (!command.TrySetReply(message, CdpEnvelope.Read(message.Bytes.Span)))
            {
                message.Dispose();
            }
        }
    }

    private void DeliverEvent(string? method, CdpReply message)
    {
        using (message)
        {
            var session = CdpEnvelope.ReadSessionId(message.Bytes.Span) is { } sessionId ? _sessions.GetValueOrDefault(sessionId) : Browser;
            // The end of a session counts whatever its quota, since it releases what the session holds.
            var isEnd = method == "Target.detachedFromTarget";
            if (method is null || session is null || (!session.Admits(message.TotalBytes) && !isEnd) || message.IsCut || (!session.Hears(method) && !isEnd))
            {
                return;
            }

            PageJson.Mend(message.Bytes.Span);
            var envelope = CdpEnvelope.Read(message.Bytes.Span);
            session.Raise(method, message, envelope);
            if (isEnd && _sessions.TryRemove(envelope.ParamsOf(message).GetProperty("sessionId").GetString()!, out var gone))
            {
                // Chromium sends this to the parent session. Pass it on to the detached session, which closed by itself or with its context.
                gone.Raise(method, message, envelope);
            }
        }
    }
}
