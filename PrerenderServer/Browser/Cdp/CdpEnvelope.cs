using System.Text;
using System.Text.Json;

namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>The outer members of a protocol message. Their contents are skipped, not parsed, since a result may be megabytes long.</summary>
internal readonly record struct CdpEnvelope(long? Id, string? Method, string? SessionId, Range Result, Range Params, string? Error)
{
    /// <summary>Reads the outer members. Chromium's messages are well-formed JSON; anything else throws <see cref="JsonException"/>.</summary>
    public static CdpEnvelope Read(ReadOnlySpan<byte> message)
    {
        var envelope = default(CdpEnvelope);
        var reader = new Utf8JsonReader(message, new JsonReaderOptions { MaxDepth = PageJson.MaxDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                envelope = envelope with { Id = reader.GetInt64() };
            }
            else if (reader.ValueTextEquals("method"u8))
            {
                reader.Read();
                envelope = envelope with { Method = reader.GetString() };
            }
            else if (reader.ValueTextEquals("sessionId"u8))
            {
                reader.Read();
                envelope = envelope with { SessionId = reader.GetString() };
            }
            else if (reader.ValueTextEquals("result"u8))
            {
                envelope = envelope with { Result = Skip(ref reader) };
            }
            else if (reader.ValueTextEquals("params"u8))
            {
                envelope = envelope with { Params = Skip(ref reader) };
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                envelope = envelope with { Error = MessageOf(ref reader) };
            }
            else
            {
                reader.Skip();
            }
        }

        return envelope;
    }

    /// <summary>Reads the <c>id</c> of a reply or the <c>method</c> of an event from the start of a message, without reading the rest. Chromium writes it first.</summary>
    public static (long? Id, string? Method) ReadHead(ReadOnlySpan<byte> start)
    {
        var reader = new Utf8JsonReader(start, isFinalBlock: false, default);
        if (!reader.Read() || !reader.Read() || reader.TokenType != JsonTokenType.PropertyName)
        {
            return default;
        }

        var isId = reader.ValueTextEquals("id"u8);
        if ((!isId && !reader.ValueTextEquals("method"u8)) || !reader.Read())
        {
            return default;
        }

        return isId ? (reader.TryGetInt64(out var id) ? id : null, null) : (null, reader.GetString());
    }

    /// <summary>Reads the <c>sessionId</c> of an event from the end of its message; Chromium writes it last. Null for an event of the browser itself. Strings of a page
    /// cannot imitate it, because their quotes are escaped.</summary>
    public static string? ReadSessionId(ReadOnlySpan<byte> message)
    {
        var name = ",\"sessionId\":\""u8;
        if (!message.EndsWith("\"}"u8) || message[..^2].LastIndexOf((byte)'"') is not (>= 0 and var quote) || !message[..(quote + 1)].EndsWith(name))
        {
            return null;
        }

        return Encoding.ASCII.GetString(message[(quote + 1)..^2]);
    }

    /// <summary>The event's parameters, as an element that outlives the message.</summary>
    public JsonElement ParamsOf(CdpReply message)
    {
        if (Params.Equals(default))
        {
            return default;
        }

        using var document = JsonDocument.Parse(message.Bytes[Params], PageJson.Options);
        return document.RootElement.Clone();
    }

    private static Range Skip(ref Utf8JsonReader reader)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return start..(int)reader.BytesConsumed;
    }

    private static string MessageOf(ref Utf8JsonReader reader)
    {
        using var error = JsonDocument.ParseValue(ref reader);
        return error.RootElement.TryGetProperty("message", out var message) ? message.GetString() ?? "" : error.RootElement.GetRawText();
    }
}
