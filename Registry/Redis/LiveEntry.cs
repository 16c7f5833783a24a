using StackExchange.Redis;

namespace Fleet.Registry.Redis;

/// <summary>One field of a hash whose fields expire; its value is <c>"seen payload"</c>.</summary>
internal readonly record struct LiveEntry(string Field, DateTimeOffset Seen, string Payload)
{
    /// <summary>The live entries of a hash.</summary>
    public static Task<IReadOnlyList<LiveEntry>> ListAsync(RedisConnection connection, RedisKey hash, TimeSpan timeToLive, CancellationToken cancellationToken) =>
        GetAsync(connection, hash, [], timeToLive, cancellationToken);

    /// <summary>The live entries of these fields, or of all fields when none is named.</summary>
    public static async Task<IReadOnlyList<LiveEntry>> GetAsync(
        RedisConnection connection, RedisKey hash, IReadOnlyCollection<string> fields, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        var result = await connection.EvaluateAsync(
            RedisScript.ListLive, [hash], [timeToLive.Milliseconds(), .. fields.Select(field => (RedisValue)field)], cancellationToken);
        return [.. ((RedisValue[]?)result ?? []).Chunk(2).Select(pair => Parse(pair[0].ToString(), pair[1].ToString()))];
    }

    private static LiveEntry Parse(string field, string entry)
    {
        var space = entry.IndexOf(' ', StringComparison.Ordinal);
        return new(field, RedisTime.Parse(entry[..space]), entry[(space + 1)..]);
    }
}
