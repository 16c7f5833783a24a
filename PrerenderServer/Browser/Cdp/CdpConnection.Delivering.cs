namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>The receive loop. Messages of all tenants' pages pass through it, so no single message may end it.</summary>
internal sealed partial class CdpConnection
{
    private async Task ReceiveAsync()
    {
        var reason = "the browser closed it";
        try
        {
            while (await _messages.ReadAsync() is { } message)
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
            LogTooLong(MaxReplyBytes);
            command.TrySetTooLong(MaxReplyBytes);
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
            if (method is null || session is null || (!session.Admits(method, message.TotalBytes) && !isEnd) || message.IsCut || (!session.Hears(method) && !isEnd))
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
