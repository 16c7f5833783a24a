using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.Tests.Time;

namespace Fleet.Tests.Browser;

public class EventQuotaTests
{
    private readonly VirtualTimeProvider _time = new();
    private readonly List<string> _exceeded = [];

    [Fact]
    public void Admits_UpToTheLimits_ThenNothingAndReportsItOnce()
    {
        var quota = New(maxEvents: 3, maxBytes: 1_000_000);
        Assert.Equal([true, true, true, false, false], Enumerable.Range(0, 5).Select(_ => quota.Admits("Network.requestWillBeSent", 10)));
        Assert.Contains("Browser:MaxPageEvents", Assert.Single(_exceeded), StringComparison.Ordinal);
        _time.Advance(EventQuota.Window);
        Assert.False(quota.Admits("Network.requestWillBeSent", 10));
    }

    /// <summary>The quota counts what events cost the process that all pages share.</summary>
    [Theory]
    [InlineData("Network.dataReceived", 1_000)]
    [InlineData("Runtime.consoleAPICalled", 100)]
    [InlineData("Runtime.exceptionThrown", 100)]
    [InlineData("Page.navigatedWithinDocument", 40)]
    public void Admits_EventsThatCostTheBrowserMore_CountMore(string method, int expected)
    {
        var quota = New(maxEvents: 1_000, maxBytes: 1_000_000);
        Assert.Equal(expected, Enumerable.Range(0, 2_000).Count(_ => quota.Admits(method, 10)));
    }

    [Theory]
    [InlineData("Network.dataReceived", 10)]
    [InlineData("Runtime.consoleAPICalled", 1)]
    public void Admits_LongEventsThatCostTheBrowserMore_CountMore(string method, int expected)
    {
        var quota = New(maxEvents: 1_000, maxBytes: 1_000_000);
        Assert.Equal(expected, Enumerable.Range(0, 20).Count(_ => quota.Admits(method, 100_000)));
    }

    [Fact]
    public void Admits_LongEvents_CountsTheirBytes()
    {
        var quota = New(maxEvents: 100, maxBytes: 2_000_000);
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => quota.Admits("Network.requestWillBeSent", 1_000_000)));
        Assert.Contains("2 MB in 10 s, the limit of Browser:MaxPageEventMb", Assert.Single(_exceeded), StringComparison.Ordinal);
    }

    [Fact]
    public void Admits_SteadyEventsBelowTheLimits_AreAlwaysAdmitted()
    {
        var quota = New(maxEvents: 10, maxBytes: 1_000);
        for (var i = 0; i < 1_000; i++)
        {
            Assert.True(quota.Admits("Network.requestWillBeSent", 100));
            _time.Advance(EventQuota.Window / 9);
        }

        Assert.Empty(_exceeded);
    }

    private EventQuota New(int maxEvents, long maxBytes) => new(maxEvents, maxBytes, _time, _exceeded.Add);
}
