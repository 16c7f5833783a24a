using System.Buffers;

namespace Fleet.RealmServer.Content;

/// <summary>A card as read from its file.</summary>
/// <param name="Json">The file's bytes without a byte order mark: one JSON object.</param>
/// <param name="ETag">The quoted entity tag, which changes with the bytes.</param>
internal sealed record Card(ReadOnlyMemory<byte> Json, string ETag);

/// <summary>Validates ids of cards and realms: 1 to 64 ASCII letters, digits, <c>-</c> and <c>_</c>, not starting with <c>_</c>. Dots, slashes and
/// percent signs are not allowed, so an id is always a plain file name. Ids are case-sensitive.</summary>
internal static class CardId
{
    public const int MaxLength = 64;

    private static readonly SearchValues<char> s_allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    public static bool IsValid(ReadOnlySpan<char> text) => text.Length is > 0 and <= MaxLength && text[0] != '_' && !text.ContainsAnyExcept(s_allowed);
}
