using Fleet.Registry.Pages;
using Fleet.Registry.Redis;

namespace Fleet.Tests.Registry;

public sealed class SortableVersionTests
{
    // Beyond 2^53 adjacent integers are equal as doubles.
    private static readonly long[] Versions = [0, 1, 9, 10, 1L << 53, (1L << 53) + 1, 639_000_000_000_000_000, 639_000_000_000_000_001, long.MaxValue];

    [Fact]
    public void Format_Versions_SortAsTextLikeTheyDoAsNumbers()
    {
        var versions = (from source in Versions from generation in Versions select new PageVersion(source, generation)).ToList();

        var sorted = versions.OrderByDescending(SortableVersion.Format, StringComparer.Ordinal).Reverse();

        Assert.Equal(versions, sorted);
        Assert.Equal(versions, versions.Select(SortableVersion.Format).Select(SortableVersion.ParsePageVersion));
    }

    [Fact]
    public void Format_Negative_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => SortableVersion.Format(-1));
}
