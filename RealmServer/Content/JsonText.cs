using System.Text.Json;
using System.Text.Unicode;

namespace Fleet.RealmServer.Content;

/// <summary>Handles JSON in files that people edit.</summary>
internal static class JsonText
{
    /// <summary>Strips the byte order mark, which editors on Windows add and JSON does not allow.</summary>
    public static ReadOnlySpan<byte> WithoutBom(ReadOnlySpan<byte> bytes) => bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;

    /// <summary>Why the text is not a JSON object; null if it is.</summary>
    public static string? WhyNotAnObject(ReadOnlySpan<byte> json)
    {
        // Utf8JsonReader does not validate the bytes inside strings, and text saved as Windows-1252 has bytes that are not valid UTF-8.
        if (!Utf8.IsValid(json))
        {
            return "it is not UTF-8; save it as UTF-8.";
        }

        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return "it is not a JSON object.";
            }

            while (reader.Read())
            {
                // Reading to the end validates the JSON.
            }

            return null;
        }
        catch (JsonException e)
        {
            return $"it is not valid JSON: {e.Message}";
        }
    }
}
