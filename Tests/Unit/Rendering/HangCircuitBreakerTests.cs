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
        _breaker = new(new() { HangsToOpen = 2, BreakerPause = TimeSpan.FromMinutes(1) }, _time);
        Check("first");
    }

    [Fact]
    public void Check_UrlThatHangsAgain_IsRefusedWithReasonAndPause()
    {
        Hang("bad");
        Check("bad");
        Hang("bad");
        var refused = Assert.Throws<RequestException>(() => Check("bad"));
        Assert.Equal((503, "breaker-open", TimeSpan.FromMinutes(1)), (refused.Status, refused.Reason, refused.RetryAfter!.Value));
        Assert.Contains("/r/bad", refused.Message, StringComparison.Ordinal);
        Check("good");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void Check_ClockIsSet_ThePauseIsAsLong(int hours)
    {
        Hang("bad");
        Hang("bad");
        _time.SetClock(TimeSpan.FromHours(hours));

        Assert.Equal(TimeSpan.FromMinutes(1), Assert.Throws<RequestException>(() => Check("bad")).RetryAfter);
        _time.Advance(TimeSpan.FromSeconds(61));
        Check("bad");
    }

    [Fact]
    public void Check_ShellIsLearnedAfterTheFirstHang_TheHangCounts()
    {
        var breaker = new HangCircuitBreaker(new() { HangsToOpen = 2, BreakerPause = TimeSpan.FromMinutes(1) }, _time);
        var bad = RenderOperation("bad");
        breaker.Check(bad, null);
        breaker.Report(bad, PageFault.Hung);
        breaker.Check(bad, "a");
        breaker.Report(bad, PageFault.Hung);
        breaker.Check(RenderOperation("good"), null);

        Assert.Throws<RequestException>(() => breaker.Check(bad, "a"));
    }

    [Fact]
    public void Check_AfterThePause_OneVisitTries()
    {
        Hang("bad");
        Hang("bad");
        _time.Advance(TimeSpan.FromSeconds(61));
        Check("bad");
        Assert.Throws<RequestException>(() => Check("bad"));
        _breaker.Report(RenderOperation("bad"), PageFault.None);
        Check("bad");
        Hang("bad");
        Check("bad");
    }

    [Fact]
    public void Check_TrialThatHangs_IsRefusedAgain()
    {
        Hang("bad");
        Hang("bad");
        _time.Advance(TimeSpan.FromSeconds(61));
        Check("bad");
        Hang("bad");
        Assert.Throws<RequestException>(() => Check("bad"));
    }

    [Fact]
    public void Check_RealmWhosePagesAllHang_IsRefusedForEveryUrl()
    {
        for (var i = 0; i < 8; i++)
        {
            Check($"fresh-{i}");
            Hang($"bad-{i}");
        }

        Assert.Contains("The realm http://h/r/", Assert.Throws<RequestException>(() => Check("fresh")).Message, StringComparison.Ordinal);
        _breaker.Check(RenderOperation("x", "http://h/other/"), "a");
    }

    [Fact]
    public void Check_RealmWithMoreHangsThanRenders_IsRefusedUntilItsTrialRenders()
    {
        for (var i = 0; i < 7; i++)
        {
            Hang($"bad-{i}");
            Hang($"worse-{i}");
            _breaker.Report(RenderOperation($"good-{i}"), PageFault.None);
        }

        Assert.Throws<RequestException>(() => Check("fresh"));
        _time.Advance(TimeSpan.FromSeconds(61));
        var trial = RenderOperation("trial");
        _breaker.Check(trial, "a");
        _breaker.Report(RenderOperation("earlier"), PageFault.None);
        Assert.Throws<RequestException>(() => Check("fresh"));
        _breaker.Report(trial, PageFault.None);
        Check("fresh");
    }

    [Fact]
    public void Check_RealmWithAFewBadPagesAmongManyGoodOnes_IsNotRefused()
    {
        for (var i = 0; i < 100; i++)
        {
            Hang($"bad-{i}");
            _breaker.Report(RenderOperation($"good-{i}"), PageFault.None);
        }

        Check("fresh");
    }

    [Fact]
    public void Check_CommandsOfOneUserHang_OthersAreNotRefused()
    {
        for (var i = 0; i < 8; i++)
        {
            _breaker.Report(Command("eve"), PageFault.Hung);
        }

        Assert.Throws<RequestException>(() => _breaker.Check(Command("eve"), "a"));
        _breaker.Check(Command("ada"), "a");

        RenderOperation Command(string user) => RenderOperation("") with { Affinity = new AffinityKey("user", user), Command = new CommandCall("write", "null", "key") };
    }

    [Fact]
    public void Check_NewHostShell_IsANewChance()
    {
        Hang("bad");
        Hang("bad");
        Assert.Throws<RequestException>(() => Check("bad"));
        _breaker.Check(RenderOperation("bad"), "b");
    }

    [Fact]
    public void Check_UrlThatExceededALimit_IsRefusedAtOnceAndItsRealmAfterTheHangsOfOneUrl()
    {
        _breaker.Report(RenderOperation("flood-1"), PageFault.ExceededLimit);
        Assert.Throws<RequestException>(() => Check("flood-1"));
        Check("fresh");
        _breaker.Report(RenderOperation("flood-2"), PageFault.ExceededLimit);
        Assert.Contains("The realm", Assert.Throws<RequestException>(() => Check("fresh")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_TrialsThatHang_DoubleThePauseUpToEightTimes()
    {
        Hang("bad");
        Hang("bad");
        foreach (var minutes in (int[])[1, 2, 4, 8, 8])
        {
            Assert.Equal(TimeSpan.FromMinutes(minutes), Assert.Throws<RequestException>(() => Check("bad")).RetryAfter);
            _time.Advance(TimeSpan.FromMinutes(minutes));
            var trial = RenderOperation("bad");
            _breaker.Check(trial, "a");
            _breaker.Report(trial, PageFault.Hung);
        }
    }

    [Fact]
    public void Check_RenderThatStartedBeforeTheRejectionHangs_DoesNotDoubleThePause()
    {
        Hang("bad");
        Hang("bad");
        Hang("bad");
        Assert.Equal(TimeSpan.FromMinutes(1), Assert.Throws<RequestException>(() => Check("bad")).RetryAfter);
    }

    private void Check(string name) => _breaker.Check(RenderOperation(name), "a");

    private void Hang(string name) => _breaker.Report(RenderOperation(name), PageFault.Hung);

    private RenderOperation RenderOperation(string name, string realm = "http://h/r/") => new(
        new(realm + name), AffinityKey.Realm(realm), null, new Deadline(TimeSpan.FromSeconds(1), _time), 0, default, "id", "");
}
