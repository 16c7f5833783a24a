using System.Text.Json.Serialization;
using System.Text.Json;

namespace Fleet.Contracts;

/// <summary>Enums as camelCase words, as values and as keys. A word that is none says which there are; a number is not a word.</summary>
internal sealed class WordEnumConverter : JsonConverterFactory
{
    /// <inheritdoc/>
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

    /// <inheritdoc/>
    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Words<>).MakeGenericType(typeToConvert))!;

    private sealed class Words<T> : JsonConverter<T>
        where T : struct, Enum
    {
        private static readonly Dictionary<string, T> s_values = Enum.GetValues<T>().ToDictionary(Word, StringComparer.OrdinalIgnoreCase);
        private static readonly Dictionary<T, string> s_words = s_values.ToDictionary(pair => pair.Value, pair => pair.Key);

        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String ? Parse(reader.GetString()!) : throw Refused(reader.TokenType.ToString().ToLowerInvariant());

        public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(s_words[value]);

        public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WritePropertyName(s_words[value]);

        private static T Parse(string word) => s_values.TryGetValue(word, out var value) ? value : throw Refused(Quoted.Of(word));

        private static JsonException Refused(string found) => new($"{found} is none of {string.Join(", ", s_values.Keys)}.");

        private static string Word(T value) => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
    }
}

/// <summary>A value that somebody sent, as an error may repeat it: in quotes, without control characters, and not longer than one can read.</summary>
public static class Quoted
{
    /// <summary>Most characters that are shown, 80; an ellipsis says that there are more.</summary>
    public const int MaxShownLength = 80;

    public static string Of(string value) =>
        $"'{new string([.. value.Take(MaxShownLength).Select(c => char.IsControl(c) ? '?' : c)])}{(value.Length > MaxShownLength ? "…" : "")}'";
}
