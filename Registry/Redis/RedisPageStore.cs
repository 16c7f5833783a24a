using System.Globalization;
using Fleet.Registry.Events;
using Fleet.Registry.Pages;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Fleet.Registry.Redis;

/// <inheritdoc/>
internal sealed class RedisPageStore(RedisConnection connection, ILogger<RedisPageStore> logger) : IPageStore
{
    public async Task<StoredPage?> GetAsync(string realm, string url, CancellationToken cancellationToken)
    {
        var json = (byte[]?)await connection.CallAsync(
            "read a page", database => database.HashGetAsync(RedisKeys.Pages(realm), url), cancellationToken);
        return json is null ? null : RegistryJson.Read<StoredPage>(json, $"{RedisKeys.Pages(realm)} {url}", logger);
    }

    public async Task<StoreResult> StoreAsync(StoredPage page, PageBounds bounds, CancellationToken cancellationToken)
    {
        var stored = await connection.EvaluateAsync(
            RedisScript.StorePage,
            [.. KeysOf(page.Realm), RedisKeys.Scopes],
            [
                page.Url, SortableVersion.Format(new PageVersion(page.SourceVersion, page.Generation)), StoredPageJson.Write(page), RegistryJson.WriteBytes(PageFacts.Of(page)),
                bounds.MaxPages, bounds.MaxBytes, bounds.WhenFull == WhenFull.RemoveOldest ? 1 : 0, RedisKeys.EventsName, Notification(page.Url), page.Realm,
            ],
            cancellationToken);
        return (long)stored switch
        {
            1 => StoreResult.Stored,
            2 => StoreResult.Full,
            _ => StoreResult.Outdated,
        };
    }

    public async Task<IReadOnlyDictionary<string, PageVersion>> GetVersionsAsync(string realm, CancellationToken cancellationToken)
    {
        var entries = await connection.CallAsync(
            "read page versions", database => database.HashGetAllAsync(RedisKeys.PageVersions(realm)), cancellationToken);
        return entries.ToDictionary(entry => entry.Name.ToString(), entry => SortableVersion.ParsePageVersion(entry.Value.ToString()));
    }

    public async Task<IReadOnlyDictionary<string, PageFacts>> GetFactsAsync(string realm, CancellationToken cancellationToken)
    {
        var key = RedisKeys.PageFacts(realm);
        var entries = await connection.CallAsync("read page facts", database => database.HashGetAllAsync(key), cancellationToken);
        var facts = new Dictionary<string, PageFacts>(entries.Length, StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (RegistryJson.Read<PageFacts>((byte[])entry.Value!, $"{key} {entry.Name}", logger) is { } read)
            {
                facts[entry.Name.ToString()] = read;
            }
        }

        return facts;
    }

    public async Task<PageTotals> GetTotalsAsync(string realm, CancellationToken cancellationToken)
    {
        var pages = await connection.CallAsync("count pages", database => database.HashLengthAsync(RedisKeys.PageVersions(realm)), cancellationToken);
        var totals = await connection.CallAsync(
            "read page totals", database => database.HashGetAsync(RedisKeys.PageTotals(realm), ["bytes", "changes"]), cancellationToken);
        return new(pages, Number(totals[0]), Number(totals[1]));
    }

    public Task TouchAsync(string realm, string url, CancellationToken cancellationToken) =>
        connection.EvaluateAsync(RedisScript.TouchPage, [RedisKeys.PageOrder(realm)], [url], cancellationToken);

    // The order is by microseconds of Redis' clock.
    public async Task<DateTimeOffset?> GetLastUseAsync(string realm, string url, CancellationToken cancellationToken) =>
        await connection.CallAsync("read a page's last use", database => database.SortedSetScoreAsync(RedisKeys.PageOrder(realm), url), cancellationToken) is { } score
            ? DateTimeOffset.UnixEpoch.AddMicroseconds(score)
            : null;

    public async Task<bool> RemoveAsync(string realm, string url, long sourceVersion, CancellationToken cancellationToken)
    {
        var removed = await connection.EvaluateAsync(
            RedisScript.RemovePage,
            KeysOf(realm),
            [url, SortableVersion.Format(sourceVersion), RedisKeys.EventsName, Notification(url)],
            cancellationToken);
        return (long)removed == 1;
    }

    private static RedisKey[] KeysOf(string realm) =>
        [RedisKeys.Pages(realm), RedisKeys.PageVersions(realm), RedisKeys.PageFacts(realm), RedisKeys.PageOrder(realm), RedisKeys.PageTotals(realm)];

    private static string Notification(string url) => RegistryJson.Write(new FleetEvent(FleetEventKind.Pages, url, 0));

    private static long Number(RedisValue value) => value.IsNull ? 0 : long.Parse(value.ToString(), CultureInfo.InvariantCulture);
}
