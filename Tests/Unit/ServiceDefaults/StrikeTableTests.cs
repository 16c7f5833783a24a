using Fleet.ServiceDefaults;
using Fleet.Tests.Time;

namespace Fleet.Tests.ServiceDefaults;

public sealed class StrikeTableTests
{
    private readonly VirtualTimeProvider _clock = new();
    private readonly StrikeTable<string> _table;

    public StrikeTableTests() => _table = new(2, () => TimeSpan.FromMinutes(5), maxKeys: 2, _clock);

    [Fact]
    public void BlockedFor_EnoughStrikes_CountsFromTheLastOne()
    {
        Assert.Equal(1, _table.Strike("a"));
        Assert.Null(_table.BlockedFor("a"));
        _clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(2, _table.Strike("a"));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TimeSpan.FromMinutes(4), _table.BlockedFor("a"));
        _clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Null(_table.BlockedFor("a"));
    }

    [Fact]
    public void Strike_AfterEarlierOnesExpired_CountsFromZero()
    {
        _table.Strike("a");
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, _table.Strike("a"));
    }

    [Fact]
    public void Clear_OfOneKeyOrAll_RemovesStrikes()
    {
        _table.Strike("a");
        _table.Clear("a");
        Assert.Equal(1, _table.Strike("a"));
        _table.Clear();
        Assert.Equal(1, _table.Strike("a"));
    }

    [Fact]
    public void Strike_TableIsFull_RecordsNoMoreUntilOneExpires()
    {
        _table.Strike("a");
        _table.Strike("b");
        Assert.Equal(0, _table.Strike("c"));
        Assert.Equal(2, _table.Strike("b"));
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, _table.Strike("c"));
    }
}
