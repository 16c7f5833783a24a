using Fleet.Registry.Pictures;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Fleet.Registry.Redis;

/// <inheritdoc/>
internal sealed class RedisPictureStore(RedisConnection connection, ILogger<RedisPictureStore> logger) : IPictureStore
{
    public async Task<StoredPicture?> GetAsync(string realm, string url, CancellationToken cancellationToken)
    {
        if (await GetFactsAsync(realm, url, cancellationToken) is not { } facts)
        {
            return null;
        }

        // Replaced in between, the bytes are newer than the facts: whoever kept them under the old tag has a good picture all the same.
        var bytes = (byte[]?)await connection.CallAsync("read a picture", database => database.HashGetAsync(RedisKeys.Pictures(realm), url), cancellationToken);
        return bytes is null ? null : new(realm, url, facts, bytes);
    }

    public async Task<PictureFacts?> GetFactsAsync(string realm, string url, CancellationToken cancellationToken)
    {
        var key = RedisKeys.PictureFacts(realm);
        var json = (byte[]?)await connection.CallAsync("read what is known of a picture", database => database.HashGetAsync(key, url), cancellationToken);
        return json is null ? null : RegistryJson.Read<PictureFacts>(json, $"{key} {url}", logger);
    }

    public async Task<IReadOnlyDictionary<string, PictureFacts>> GetFactsAsync(string realm, CancellationToken cancellationToken)
    {
        var key = RedisKeys.PictureFacts(realm);
        var entries = await connection.CallAsync("read what is known of pictures", database => database.HashGetAllAsync(key), cancellationToken);
        var facts = new Dictionary<string, PictureFacts>(entries.Length, StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (RegistryJson.Read<PictureFacts>((byte[])entry.Value!, $"{key} {entry.Name}", logger) is { } read)
            {
                facts[entry.Name.ToString()] = read;
            }
        }

        return facts;
    }

    public async Task<bool> StoreAsync(StoredPicture picture, long maxBytes, CancellationToken cancellationToken) =>
        (long)await connection.EvaluateAsync(
            RedisScript.StorePicture,
            [.. KeysOf(picture.Realm), RedisKeys.Scopes],
            [picture.Url, picture.Bytes, RegistryJson.WriteBytes(picture.Facts), maxBytes, picture.Realm],
            cancellationToken) == 1;

    public Task RemoveAsync(string realm, string url, CancellationToken cancellationToken) =>
        connection.EvaluateAsync(RedisScript.RemovePicture, KeysOf(realm), [url], cancellationToken);

    private static RedisKey[] KeysOf(string realm) => [RedisKeys.Pictures(realm), RedisKeys.PictureFacts(realm), RedisKeys.PictureTotals(realm)];
}
