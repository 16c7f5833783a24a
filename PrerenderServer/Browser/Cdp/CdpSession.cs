using System.Text.Json;

namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>Commands to and events from one target (a page), or the browser itself.</summary>
internal sealed class CdpSession(CdpConnection connection, string? sessionId)
{
    // Replaced, never changed: the receive loop reads it while somebody adds to it.
    private volatile Dictionary<string, Action<JsonElement>> _listeners = [];

    /// <summary>The session's id; null for the browser's own.</summary>
    public string? SessionId => sessionId;

    /// <summary>Calls back on each event of this name, on the receive loop: must be quick, must not throw, must not wait. Events that nobody
    /// asked for are not even parsed.</summary>
    public void On(string method, Action<JsonElement> listener)
    {
        var listeners = new Dictionary<string, Action<JsonElement>>(_listeners);
        listeners[method] = listeners.TryGetValue(method, out var earlier) ? earlier + listener : listener;
        _listeners = listeners;
    }

    /// <summary>Sends a command and returns its reply, which the caller disposes. Throws <see cref="BrowserTimeoutException"/> after the deadline
    /// and <see cref="BrowserException"/> when the browser refuses or is gone.</summary>
    public Task<CdpReply> SendAsync(string method, Action<Utf8JsonWriter>? parameters, TimeSpan deadline, CancellationToken cancellationToken) =>
        connection.SendAsync(new CdpCommand(method, sessionId, parameters), deadline, cancellationToken);

    /// <summary>Sends a command whose reply is small.</summary>
    public async Task<JsonElement> CallAsync(string method, Action<Utf8JsonWriter>? parameters, TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var reply = await SendAsync(method, parameters, deadline, cancellationToken);
        using var document = JsonDocument.Parse(reply.Bytes[reply.Result], PageJson.Options);
        return document.RootElement.Clone();
    }

    /// <summary>Sends a command whose reply nobody waits for.</summary>
    public void Post(string method, Action<Utf8JsonWriter>? parameters, TimeSpan deadline) =>
        BrowserCalls.Abandon(CallAsync(method, parameters, deadline, CancellationToken.None));

    internal void Raise(string method, CdpReply message, CdpEnvelope envelope)
    {
        if (_listeners.TryGetValue(method, out var listener))
        {
            listener(envelope.ParamsOf(message));
        }
    }
}
