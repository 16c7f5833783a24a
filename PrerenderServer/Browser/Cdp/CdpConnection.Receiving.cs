using System.Buffers;
using System.Net.WebSockets;

namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>The receive loop. Messages of all tenants' pages pass through it, so no single message may end it.</summary>
internal sealed partial class CdpConnection
{
    /// <summary>Number of bytes kept of a message that is too long, to read its id.</summary>
    private const int HeadBytes = 1024;

    /// <summary>Approximate maximum size of a message in bytes (buffers grow by doubling). A longer message is dropped and fails its command. Default: 128 MB.</summary>
    public int MaxMessageBytes { get; set; } = 128 * 1024 * 1024;

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
        var isCut = false;
        try
        {
            while (true)
            {
                var part = await _socket.ReceiveAsync(buffer.AsMemory(isCut ? HeadBytes : length), CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    return null;
                }

                length = isCut ? length : length + part.Count;
                Interlocked.Add(ref _receivedBytes, part.Count);
                if (part.EndOfMessage)
                {
                    return new CdpReply(buffer, isCut ? HeadBytes : length) { IsCut = isCut };
                }

                isCut |= length >= MaxMessageBytes;
                if (!isCut && length == buffer.Length)
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
            if (message.IsCut)
            {
                RejectTooLong(message);
            }
            else
            {
                DeliverComplete(message);
            }
        }
#pragma warning disable CA1031 // A failing listener loses one message; the connection stays open for all others.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogMessageFailed(e);
        }
    }

    private void RejectTooLong(CdpReply message)
    {
        using (message)
        {
            LogTooLong(MaxMessageBytes);
            if (CdpEnvelope.ReadId(message.Bytes.Span) is { } id && _pending.TryGetValue(id, out var command))
            {
                command.TrySetTooLong(MaxMessageBytes);
            }
        }
    }

    private void DeliverComplete(CdpReply message)
    {
        PageJson.Mend(message.Bytes.Span);
        var envelope = CdpEnvelope.Read(message.Bytes.Span);
        if (envelope.Id is { } id)
        {
            if (!_pending.TryGetValue(id, out var command) || !command.TrySetReply(message, envelope))
            {
                message.Dispose();
            }

            return;
        }

        using (message)
        {
            if (envelope.Method is not { } method)
            {
                return;
            }

            var session = envelope.SessionId is { } sessionId ? _sessions.GetValueOrDefault(sessionId) : Browser;
            session?.Raise(method, message, envelope);
            if (method == "Target.detachedFromTarget" && _sessions.TryRemove(envelope.ParamsOf(message).GetProperty("sessionId").GetString()!, out var gone))
            {
                // Chromium sends this to the parent session. Pass it on to the detached session, which closed by itself or with its context.
                gone.Raise(method, message, envelope);
            }
        }
    }
}
