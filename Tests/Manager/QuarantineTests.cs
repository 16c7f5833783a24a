using Fleet.Manager;
using Fleet.Manager.Forwarding;
using Fleet.Tests.Time;
using Microsoft.Extensions.Options;

namespace Fleet.Tests.Manager;

public sealed class QuarantineTests
{
    private const string Url = ManagerUnderTest.Card;
    private readonly VirtualTimeProvider _clock = new();
    private readonly Quarantine _quarantine;

    public QuarantineTests() => _quarantine = new(Options.Create(new ManagerOptions()), _clock);

    [Fact]
    public void Check_OneCrash_MayBeRendered()
    {
        _quarantine.Strike(Url, "shell");
        Assert.Null(_quarantine.Check(Url, "shell"));
    }

    [Fact]
    public void Check_TwoCrashes_IsRefusedForAsLongAsItSays()
    {
        Strike(2);
        _clock.Advance(TimeSpan.FromMinutes(2));
        var refusal = _quarantine.Check(Url, "shell")!;
        Assert.Equal((503, "quarantined", TimeSpan.FromMinutes(3)), (refusal.Status, refusal.Reason, refusal.RetryAfter));
        Assert.Null(_quarantine.Check(Url + "x", "shell"));

        _clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Null(_quarantine.Check(Url, "shell"));
    }

    [Fact]
    public void Check_AnotherHostShell_AcquitsAll()
    {
        Strike(2);
        Assert.Null(_quarantine.Check(Url, "next"));
        Assert.Null(_quarantine.Check(Url, "shell"));
    }

    [Fact]
    public void Acquit_RenderedBetween_CountsAnew()
    {
        Strike(1);
        _quarantine.Acquit(Url);
        Strike(1);
        Assert.Null(_quarantine.Check(Url, "shell"));
    }

    private void Strike(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _quarantine.Strike(Url, "shell");
        }
    }
}
