using Fleet.PrerenderServer.Rendering.Diagnostics;
using Fleet.Tests.Time;

namespace Fleet.Tests.Rendering;

public sealed class RecentHangsTests
{
    private readonly VirtualTimeProvider _time = new();
    private readonly RecentHangs _hangs;

    public RecentHangsTests() => _hangs = new(_time);

    [Fact]
    public void Contains_RealmWithAHang_IsTrueForAnHour()
    {
        Assert.False(_hangs.Contains("a"));
        _hangs.Add("a");
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.True(_hangs.Contains("a"));
        Assert.False(_hangs.Contains("b"));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(_hangs.Contains("a"));
    }

    [Fact]
    public void Add_MoreRealmsThanAreKept_TheOldestHangIsForgotten()
    {
        for (var i = 0; i < 1_000; i++)
        {
            _hangs.Add($"{i}");
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        _hangs.Add("0");
        _hangs.Add("new");
        Assert.True(_hangs.Contains("0"));
        Assert.False(_hangs.Contains("1"));
    }
}
