using System.Text.Json;

namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>Sends commands to a target (a page) or to the browser itself, and raises its events.</summary>
internal sealed class CdpSession(CdpConnection connection, string? sessionId)
{
    // Replaced, never mutated: the receive loop reads it concurrently.
    private volatile Dictionary<string, Action<JsonElement>> _listeners = [];

    /// <summary>The session's id; null for the browser's own.</summary>
    public string? SessionId => sessionId;

    /// <summary>Bounds the events of this session; shared with the workers of its page. Null for no bound, as for the browser's own session. Set it before the first
    /// event can arrive.</summary>
    public EventQuota? Quota { get; set; }

    /// <summary>Adds a listener for an event. It runs on the receive loop, so it must be quick and must not throw or block. Events without a listener
    /// are not parsed.</summary>
    public void On(string method, Action<JsonElement> listener)
    {
        var listeners = new Dictionary<string, Action<JsonElement>>(_listeners);
        listeners[method] = listeners.TryGetValue(method, out var existing) ? existing + listener : listener;
        _listeners = listeners;
    }

    /// <summary>Sends a command and returns its reply, which the caller disposes. Throws <see cref="BrowserTimeoutException"/> after the deadline
    /// and <see cref="BrowserException"/> when the browser returns an error or the connection is closed.</summary>
    public Task<CdpReply> SendAsync(string method, Action<Utf8JsonWriter>? parameters, TimeSpan deadline, CancellationToken cancellationToken) =>
        connection.SendAsync(new CdpCommand(method, sessionId, parameters), deadline, cancellationToken);

    /// <summary>Sends a command and returns its result as an element. For small results.</summary>
    public async Task<JsonElement> CallAsync(string method, Action<Utf8JsonWriter>? parameters, TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var reply = await SendAsync(method, parameters, deadline, cancellationToken);
        using var document = JsonDocument.Parse(reply.Bytes[reply.Result], PageJson.Options);
        return document.RootElement.Clone();
    }

    /// <summary>Sends a command without waiting for its reply.</summary>
    public void Post(string method, Action<Utf8JsonWriter>? parameters, TimeSpan deadline) =>
        BrowserCalls.Abandon(CallAsync(method, parameters, deadline, CancellationToken.None));

    /// <summary>Counts an event. Returns false if the quota is exceeded, and the event must be dropped.</summary>
    internal bool Admits(string method, long bytes) => Quota?.Admits(method, bytes) ?? true;

    /// <summary>Whether the event has a listener.</summary>
    internal bool Hears(string method) => _listeners.ContainsKey(method);

    internal void Raise(string method, CdpReply message, CdpEnvelope envelope)
    {
        if (_listeners.TryGetValue(method, out var listener))
        {
            listener(envelope.ParamsOf(message));
        }
    }
}
