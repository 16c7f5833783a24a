using Fleet.Contracts;
using Fleet.PrerenderServer.Rendering;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Problems;
using Fleet.Tests.Time;

namespace Fleet.Tests.Rendering;

public class HangCircuitBreakerTests
{
    private readonly VirtualTimeProvider _time = new();
    private readonly HangCircuitBreaker _breaker;

    public HangCircuitBreakerTests()
    {
        _breaker = new(new() { WedgesToOpen = 2, BreakerPause = TimeSpan.FromMinutes(1) }, _time);
        Check("first");
    }

    [Fact]
    public void Check_UrlThatWedgesAgain_IsRefusedWithReasonAndPause()
    {
        Wedge("bad");
        Check("bad");
        Wedge("bad");
        var refused = Assert.Throws<RequestException>(() => Check("bad"));
        Assert.Equal((503, "breaker-open", TimeSpan.FromMinutes(1)), (refused.Status, refused.Reason, refused.RetryAfter!.Value));
        Assert.Contains("/r/bad", refused.Message, StringComparison.Ordinal);
        Check("good");
    }

    [Fact]
    public void Check_AfterThePause_OneVisitTries()
    {
        Wedge("bad");
        Wedge("bad");
        _time.Advance(TimeSpan.FromSeconds(61));
        Check("bad");
        Assert.Throws<RequestException>(() => Check("bad"));
        _breaker.Report(RenderOperation("bad"), wedged: false);
        Check("bad");
        Wedge("bad");
        Check("bad");
    }

    [Fact]
    public void Check_TrialThatWedges_IsRefusedAgain()
    {
        Wedge("bad");
        Wedge("bad");
        _time.Advance(TimeSpan.FromSeconds(61));
        Check("bad");
        Wedge("bad");
        Assert.Throws<RequestException>(() => Check("bad"));
    }

    [Fact]
    public void Check_RealmOfWhichAllWedges_IsRefusedForEveryUrl()
    {
        for (var i = 0; i < 8; i++)
        {
            Check($"fresh-{i}");
            Wedge($"bad-{i}");
        }

        Assert.Contains("The realm http://h/r/", Assert.Throws<RequestException>(() => Check("fresh")).Message, StringComparison.Ordinal);
        _breaker.Check(RenderOperation("x", "http://h/other/"), "a");
    }

    [Fact]
    public void Check_RealmThatWedgesAmongWhatRenders_IsRefusedUntilItsTrialRenders()
    {
        for (var i = 0; i < 7; i++)
        {
            Wedge($"bad-{i}");
            Wedge($"worse-{i}");
            _breaker.Report(RenderOperation($"good-{i}"), wedged: false);
        }

        Assert.Throws<RequestException>(() => Check("fresh"));
        _time.Advance(TimeSpan.FromSeconds(61));
        var trial = RenderOperation("trial");
        _breaker.Check(trial, "a");
        _breaker.Report(RenderOperation("earlier"), wedged: false);
        Assert.Throws<RequestException>(() => Check("fresh"));
        _breaker.Report(trial, wedged: false);
        Check("fresh");
    }

    [Fact]
    public void Check_RealmWithAFewBadPagesAmongManyGoodOnes_IsNotRefused()
    {
        for (var i = 0; i < 100; i++)
        {
            Wedge($"bad-{i}");
            _breaker.Report(RenderOperation($"good-{i}"), wedged: false);
        }

        Check("fresh");
    }

    [Fact]
    public void Check_CommandsOfOneUserThatWedge_RefuseNoOther()
    {
        for (var i = 0; i < 8; i++)
        {
            _breaker.Report(Command("eve"), wedged: true);
        }

        Assert.Throws<RequestException>(() => _breaker.Check(Command("eve"), "a"));
        _breaker.Check(Command("ada"), "a");

        RenderOperation Command(string user) => RenderOperation("") with { Affinity = new AffinityKey("user", user), Command = new CommandCall("write", "null", "key") };
    }

    [Fact]
    public void Check_NewHostShell_IsANewChance()
    {
        Wedge("bad");
        Wedge("bad");
        Assert.Throws<RequestException>(() => Check("bad"));
        _breaker.Check(RenderOperation("bad"), "b");
    }

    private void Check(string name) => _breaker.Check(RenderOperation(name), "a");

    private void Wedge(string name) => _breaker.Report(RenderOperation(name), wedged: true);

    private RenderOperation RenderOperation(string name, string realm = "http://h/r/") => new(
        new(realm + name), AffinityKey.Realm(realm), null, new Deadline(TimeSpan.FromSeconds(1), _time), 0, default, "id", "");
}
