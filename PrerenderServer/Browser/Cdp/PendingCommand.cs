namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>A command that waits for its reply. Continuations run elsewhere, so that the receive loop never runs a caller's code.</summary>
internal sealed class PendingCommand(string method)
{
    private readonly TaskCompletionSource<CdpReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<CdpReply> Task => _reply.Task;

    /// <summary>True when the reply now belongs to the caller; false when nobody waits any more, or when it was an error.</summary>
    public bool TrySetReply(CdpReply reply, CdpEnvelope envelope)
    {
        if (envelope.Error is { } error)
        {
            _reply.TrySetException(new BrowserException($"The browser could not answer {method}: {error}"));
            return false;
        }

        reply.Result = envelope.Result;
        return _reply.TrySetResult(reply);
    }

    /// <summary>The reply was longer than anybody reads. What the page made so long is the page's own doing.</summary>
    public void TrySetTooLong(int mostBytes) =>
        _reply.TrySetException(new PageScriptException($"The answer to {method} has more than {mostBytes} bytes.", null));

    public void TrySetCanceled(CancellationToken token) => _reply.TrySetCanceled(token);
}
