using Fleet.Registry.Screenshots;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Fleet.Registry.Redis;

/// <inheritdoc/>
internal sealed class RedisScreenshotStore(RedisConnection connection, ILogger<RedisScreenshotStore> logger) : IScreenshotStore
{
    public async Task<StoredScreenshot?> GetAsync(string realm, string url, CancellationToken cancellationToken)
    {
        if (await GetFactsAsync(realm, url, cancellationToken) is not { } facts)
        {
            return null;
        }

        // If the screenshot was replaced in between, the bytes are newer than the metadata. Cached under the old tag, they are still a valid screenshot.
        var bytes = (byte[]?)await connection.CallAsync("read a screenshot", database => database.HashGetAsync(RedisKeys.Screenshots(realm), url), cancellationToken);
        return bytes is null ? null : new(realm, url, facts, bytes);
    }

    public async Task<ScreenshotFacts?> GetFactsAsync(string realm, string url, CancellationToken cancellationToken)
    {
        var key = RedisKeys.ScreenshotFacts(realm);
        var json = (byte[]?)await connection.CallAsync("read screenshot metadata", database => database.HashGetAsync(key, url), cancellationToken);
        return json is null ? null : RegistryJson.Read<ScreenshotFacts>(json, $"{key} {url}", logger);
    }

    public async Task<IReadOnlyDictionary<string, ScreenshotFacts>> GetFactsAsync(string realm, CancellationToken cancellationToken)
    {
        var key = RedisKeys.ScreenshotFacts(realm);
        var entries = await connection.CallAsync("read the screenshot metadata of a realm", database => database.HashGetAllAsync(key), cancellationToken);
        var facts = new Dictionary<string, ScreenshotFacts>(entries.Length, StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (RegistryJson.Read<ScreenshotFacts>((byte[])entry.Value!, $"{key} {entry.Name}", logger) is { } read)
            {
                facts[entry.Name.ToString()] = read;
            }
        }

        return facts;
    }

    public async Task<bool> StoreAsync(StoredScreenshot screenshot, long maxBytes, CancellationToken cancellationToken) =>
        (long)await connection.EvaluateAsync(
            RedisScript.StoreScreenshot,
            [.. KeysOf(screenshot.Realm), RedisKeys.Scopes],
            [screenshot.Url, screenshot.Bytes, RegistryJson.WriteBytes(screenshot.Facts), maxBytes, screenshot.Realm],
            cancellationToken) == 1;

    public Task RemoveAsync(string realm, string url, CancellationToken cancellationToken) =>
        connection.EvaluateAsync(RedisScript.RemoveScreenshot, KeysOf(realm), [url], cancellationToken);

    private static RedisKey[] KeysOf(string realm) => [RedisKeys.Screenshots(realm), RedisKeys.ScreenshotFacts(realm), RedisKeys.ScreenshotTotals(realm)];
}
