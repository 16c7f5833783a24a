using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>A DevTools protocol command.</summary>
/// <param name="Method"><c>Domain.method</c>.</param>
/// <param name="SessionId">Session of the target; null for the browser.</param>
/// <param name="Parameters">Writes the members of <c>params</c>; null for none.</param>
internal readonly record struct CdpCommand(string Method, string? SessionId, Action<Utf8JsonWriter>? Parameters)
{
    // The text goes to Chromium, not into HTML. Escaping quotes and angle brackets would only make it longer.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Writes the message.</summary>
    public void WriteTo(IBufferWriter<byte> buffer, long id)
    {
        using var json = new Utf8JsonWriter(buffer, s_options);
        json.WriteStartObject();
        json.WriteNumber("id"u8, id);
        json.WriteString("method"u8, Method);
        if (SessionId is not null)
        {
            json.WriteString("sessionId"u8, SessionId);
        }

        if (Parameters is not null)
        {
            json.WriteStartObject("params"u8);
            Parameters(json);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}

/// <summary>A command that waits for its reply. Continuations run asynchronously, so that the receive loop never runs a caller's code.</summary>
internal sealed class PendingCommand(string method)
{
    private readonly TaskCompletionSource<CdpReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<CdpReply> Task => _reply.Task;

    /// <summary>Completes the command. Returns true if the reply now belongs to the caller; false if the command has ended before, or the reply is an error.</summary>
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

    /// <summary>Fails the command because its reply is too long. This counts as an error of the page's script, which determines the length.</summary>
    public void TrySetTooLong(int maxBytes) =>
        _reply.TrySetException(new PageScriptException($"The answer to {method} exceeds {maxBytes} bytes.", null));

    public void TrySetCanceled(CancellationToken token) => _reply.TrySetCanceled(token);
}
