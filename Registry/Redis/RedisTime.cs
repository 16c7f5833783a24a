using System.Globalization;
using StackExchange.Redis;

namespace Fleet.Registry.Redis;

/// <summary>Times as Redis holds them: whole milliseconds since 1970.</summary>
internal static class RedisTime
{
    public static RedisValue Milliseconds(this TimeSpan duration) => (long)duration.TotalMilliseconds;

    public static RedisValue Milliseconds(this DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    public static DateTimeOffset Parse(string milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(milliseconds, CultureInfo.InvariantCulture));
}
