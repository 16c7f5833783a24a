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

    /// <summary>Reads the <c>id</c> of a truncated message; Chromium writes it first. Null if there is none, as in events.</summary>
    public static long? ReadId(ReadOnlySpan<byte> head)
    {
        var reader = new Utf8JsonReader(head, isFinalBlock: false, default);
        return reader.Read() && reader.Read() && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("id"u8)
            && reader.Read() && reader.TryGetInt64(out var id) ? id : null;
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
