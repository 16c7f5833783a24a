using Fleet.Contracts;
using Fleet.PrerenderServer;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.PrerenderServer.Registration;

namespace Fleet.Tests.Rendering;

public class RegistrationTests
{
    [Theory]
    [InlineData("http://127.0.0.1:5301", "http://127.0.0.1:5301")]
    [InlineData("http://[::]:5301", "http://127.0.0.1:5301")]
    [InlineData("http://0.0.0.0:80/", "http://127.0.0.1:80")]
    [InlineData("https://10.0.0.1:1,http://10.0.0.1:2", "http://10.0.0.1:2")]
    public void Choose_Address_IsOneThatCanBeCalled(string bound, string expected) => Assert.Equal(expected, ServerAddress.Choose(bound.Split(',')));

    [Fact]
    public void Choose_BeforeTheListenerIsUp_IsNone() => Assert.Null(ServerAddress.Choose([]));

    [Theory]
    [InlineData(null, null, 0, null, false, ServerState.Warming)]
    [InlineData(1, null, 0, null, false, ServerState.Warming)]
    [InlineData(1, nameof(SlotState.Creating), 0, null, false, ServerState.Warming)]
    [InlineData(1, nameof(SlotState.Creating), 300, null, false, ServerState.Ready)]
    [InlineData(1, nameof(SlotState.Closing), 300, null, false, ServerState.Ready)]
    [InlineData(1, nameof(SlotState.Closing), 300, "The host answers 502.", false, ServerState.Warming)]
    [InlineData(1, nameof(SlotState.Standby), 300, null, false, ServerState.Ready)]
    [InlineData(1, nameof(SlotState.Leased), 300, "The host answers 502.", false, ServerState.Ready)]
    [InlineData(null, nameof(SlotState.Closing), 300, null, false, ServerState.Warming)]
    [InlineData(1, nameof(SlotState.Leased), 300, null, true, ServerState.Draining)]
    public void Of_Pool_IsReadyIfItAcceptsRenders(int? generation, string? slot, int recentBootMs, string? problem, bool draining, ServerState expected)
    {
        var slots = slot is { } state ? new[] { new SlotSnapshot(1, 1, Enum.Parse<SlotState>(state), null, default, 0, "t", true, 0) } : [];
        var totals = new PoolTotals { Generation = generation, RecentBoot = TimeSpan.FromMilliseconds(recentBootMs), Problem = problem };
        Assert.Equal(expected, Announcement.Of(new(1, slots, [], totals), draining).State);
    }

    [Fact]
    public void Of_SamePoolAtAnotherVersion_IsTheSameAnnouncement()
    {
        AffinitySnapshot[] affinities = [new("realm:http://h/b/", 1, 0), new("realm:http://h/a/", 1, 0)];
        var one = new PoolSnapshot(1, [], affinities, new PoolTotals());
        var two = new PoolSnapshot(2, [], [.. affinities.Reverse()], new PoolTotals());
        Assert.Equal(Announcement.Of(one, false), Announcement.Of(two, false));
        Assert.NotEqual(Announcement.Of(one, false), Announcement.Of(two with { Affinities = [] }, false));
    }
}
