using System.Text.Json.Serialization;
using System.Text.Json;

namespace Fleet.Contracts;

/// <summary>Converts enums to camelCase words, as values and as keys. The error for an unknown word lists the valid ones; numbers are not accepted.</summary>
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
            reader.TokenType == JsonTokenType.String ? Parse(reader.GetString()!) : throw Invalid(reader.TokenType.ToString().ToLowerInvariant());

        public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(s_words[value]);

        public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WritePropertyName(s_words[value]);

        private static T Parse(string word) => s_values.TryGetValue(word, out var value) ? value : throw Invalid(Quoted.Of(word));

        private static JsonException Invalid(string found) => new($"{found} is none of {string.Join(", ", s_values.Keys)}.");

        private static string Word(T value) => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
    }
}

/// <summary>Quotes a received value for an error message: without control characters and truncated.</summary>
public static class Quoted
{
    /// <summary>Maximum number of characters shown: 80. An ellipsis marks a truncated value.</summary>
    public const int MaxShownLength = 80;

    /// <summary>The text in quotes, with <c>?</c> for control characters, cut to a length that fits a message.</summary>
    public static string Of(string value) =>
        $"'{new string([.. value.Take(MaxShownLength).Select(c => char.IsControl(c) ? '?' : c)])}{(value.Length > MaxShownLength ? "…" : "")}'";
}
