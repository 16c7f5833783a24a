using System.Globalization;
using Fleet.Registry.Pages;
using StackExchange.Redis;

namespace Fleet.Registry.Redis;

/// <summary>Converts times to their form in Redis: whole milliseconds since 1970.</summary>
internal static class RedisTime
{
    public static RedisValue Milliseconds(this TimeSpan duration) => (long)duration.TotalMilliseconds;

    public static RedisValue Milliseconds(this DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    public static DateTimeOffset Parse(string milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(milliseconds, CultureInfo.InvariantCulture));
}

/// <summary>Formats versions as fixed-width digits, so that Lua can compare them as text. Lua numbers are doubles: beyond 2^53 (a file time in ticks, for
/// example) different versions could compare as equal.</summary>
internal static class SortableVersion
{
    private const int Digits = 19;

    public static string Format(long version)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(version);
        return version.ToString("D19", CultureInfo.InvariantCulture);
    }

    public static string Format(PageVersion version) => Format(version.SourceVersion) + Format(version.Generation);

    public static PageVersion ParsePageVersion(string text) => new(
        long.Parse(text.AsSpan(0, Digits), CultureInfo.InvariantCulture),
        long.Parse(text.AsSpan(Digits), CultureInfo.InvariantCulture));
}
