using System.Text.Json;
using System.Text.Unicode;

namespace Fleet.RealmServer.Content;

/// <summary>JSON as it stands in files that people write.</summary>
internal static class JsonText
{
    /// <summary>Editors on Windows put a byte order mark in front; JSON has none.</summary>
    public static ReadOnlySpan<byte> WithoutBom(ReadOnlySpan<byte> bytes) => bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;

    /// <summary>Why the text is not one JSON object; null when it is.</summary>
    public static string? WhyNotAnObject(ReadOnlySpan<byte> json)
    {
        // The reader looks into no text, and who writes with Windows-1252 has single bytes in it that are no character here.
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
                // Reading is the check.
            }

            return null;
        }
        catch (JsonException e)
        {
            return $"it is not valid JSON: {e.Message}";
        }
    }
}
