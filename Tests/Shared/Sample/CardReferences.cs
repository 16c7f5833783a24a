using System.Text.Json;

namespace Fleet.Tests.Sample;

/// <summary>What a card refers to.</summary>
internal static class CardReferences
{
    /// <summary>Targets of the card's links, and the cards that it embeds.</summary>
    public static IEnumerable<string> Of(JsonElement card) => [.. Links(card), .. Embeds(card)];

    public static IEnumerable<string> Links(JsonElement card) =>
        card.TryGetProperty("links", out var links) ? links.EnumerateObject().SelectMany(link => Strings(link.Value)) : [];

    public static IEnumerable<string> Embeds(JsonElement card) =>
        card.TryGetProperty("embeds", out var embeds) ? embeds.EnumerateObject().SelectMany(embed => Strings(embed.Value.GetProperty("cards"))) : [];

    /// <summary>One string, or the strings of a list.</summary>
    public static IEnumerable<string> Strings(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select(item => item.GetString()!) : [value.GetString()!];
}
