namespace Fleet.RealmServer.Content;

/// <summary>A card as it was read.</summary>
/// <param name="Json">The file's bytes, one JSON object.</param>
/// <param name="ETag">Changes with the bytes; quoted.</param>
internal sealed record Card(ReadOnlyMemory<byte> Json, string ETag);
