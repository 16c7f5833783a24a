using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>A protocol command: method, session, and a writer of its parameters.</summary>
/// <param name="Method"><c>Domain.method</c>.</param>
/// <param name="SessionId">The target's session; null for the browser.</param>
/// <param name="Parameters">Writes the members of <c>params</c>; null for none.</param>
internal readonly record struct CdpCommand(string Method, string? SessionId, Action<Utf8JsonWriter>? Parameters)
{
    // The text goes to Chromium, not into HTML: escaping every quote and angle bracket of an expression would only make it longer.
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
