using System.Buffers;

namespace Fleet.RealmServer.Content;

/// <summary>A card as it was read.</summary>
/// <param name="Json">The file's bytes, one JSON object.</param>
/// <param name="ETag">Changes with the bytes; quoted.</param>
internal sealed record Card(ReadOnlyMemory<byte> Json, string ETag);

/// <summary>What may name a card or a realm: 1 to 64 ASCII letters, digits, <c>-</c> and <c>_</c>, not starting with <c>_</c>. No dot, slash or
/// percent sign gets through, so an id is a file name and nothing but that. Upper and lower case are different ids.</summary>
internal static class CardId
{
    public const int MaxLength = 64;

    private static readonly SearchValues<char> s_allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    public static bool IsValid(ReadOnlySpan<char> text) => text.Length is > 0 and <= MaxLength && text[0] != '_' && !text.ContainsAnyExcept(s_allowed);
}
