using Fleet.ServiceDefaults;
using Fleet.Contracts;
using Fleet.Manager;
using Fleet.Manager.Forwarding;
using Fleet.Manager.Pipeline;
using Fleet.Manager.Rendering;
using Fleet.Tests.Time;
using Microsoft.Extensions.Options;

namespace Fleet.Tests.Manager;

public sealed class QuarantineTests
{
    private static readonly RenderOperation s_page = Page(ManagerUnderTest.Card);
    private readonly VirtualTimeProvider _clock = new();
    private readonly Quarantine _quarantine;
    private string _shell = "shell";

    public QuarantineTests() => _quarantine = new(() => _shell, Options.Create(new ManagerOptions()), _clock);

    [Fact]
    public void Check_OneCrash_IsNotQuarantined()
    {
        _quarantine.Note(s_page, ForwardKind.Crashed);
        Assert.Null(_quarantine.Check(s_page));
    }

    [Fact]
    public void Check_TwoCrashes_IsRefusedForTheStatedTime()
    {
        Strike(2);
        _clock.Advance(TimeSpan.FromMinutes(2));
        var refusal = _quarantine.Check(s_page)!;
        Assert.Equal((503, "quarantined", TimeSpan.FromMinutes(3)), (refusal.Status, refusal.Reason, refusal.RetryAfter));
        Assert.Null(_quarantine.Check(Page(ManagerUnderTest.Card + "x")));

        _clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Null(_quarantine.Check(s_page));
    }

    [Theory]
    [InlineData(nameof(ForwardKind.NoVerdict))]
    [InlineData(nameof(ForwardKind.ConnectionLost))]
    [InlineData(nameof(ForwardKind.Garbage))]
    [InlineData(nameof(ForwardKind.DeadlinePassed))]
    public void Check_AttemptsEndedOtherwise_AreNoEvidence(string kind)
    {
        _quarantine.Note(s_page, Enum.Parse<ForwardKind>(kind));
        _quarantine.Note(s_page, Enum.Parse<ForwardKind>(kind));
        Assert.Null(_quarantine.Check(s_page));
    }

    [Fact]
    public void Check_AnotherHostShell_ClearsAll()
    {
        Strike(2);
        _shell = "next";
        Assert.Null(_quarantine.Check(s_page));
        Assert.Null(_quarantine.Check(s_page));
    }

    [Fact]
    public void Note_RenderedInBetween_CountsFromZero()
    {
        Strike(1);
        _quarantine.Note(s_page, ForwardKind.Verdict);
        Strike(1);
        Assert.Null(_quarantine.Check(s_page));
    }

    [Fact]
    public void Check_ScreenshotCrashed_OnlyThatScreenshotIsRefusedForAllCallers()
    {
        var screenshot = new ScreenshotRequest { Url = ManagerUnderTest.Card, Scale = 4, Priority = 1, DeadlineMs = 500 };
        Strike(2, Screenshot(screenshot));
        Assert.NotNull(_quarantine.Check(Screenshot(screenshot with { Affinity = "user:bob", Priority = 2, DeadlineMs = 600 })));
        Assert.Null(_quarantine.Check(Screenshot(screenshot with { Scale = 1 })));
        Assert.Null(_quarantine.Check(s_page));
    }

    [Fact]
    public void Check_FourCrashesWithChangingOptions_AllOptionsAreRefusedAndThePlainRenderIsNot()
    {
        Strike(2);
        for (var scale = 1; scale <= 2; scale++)
        {
            Assert.Null(_quarantine.Check(Screenshot(Scaled(scale))));
            Strike(1, Screenshot(Scaled(scale)));
        }

        Assert.Equal("quarantined", _quarantine.Check(Screenshot(Scaled(3)))?.Reason);
        Assert.Equal("quarantined", _quarantine.Check(WithOptions("#a"))?.Reason);
        Assert.Null(_quarantine.Check(Screenshot(Scaled(3), ManagerUnderTest.Card + "x")));

        // Callers choose options, so crashes with options must not block the URL for others.
        _quarantine.Note(s_page, ForwardKind.Verdict);
        Assert.Null(_quarantine.Check(s_page));
        Assert.NotNull(_quarantine.Check(WithOptions("#a")));

        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Null(_quarantine.Check(WithOptions("#a")));
    }

    [Fact]
    public void Check_FourCrashesWithOptions_ThePlainRenderAndCommandsAreNotConcerned()
    {
        for (var i = 0; i < 4; i++)
        {
            Strike(1, WithOptions("#a" + i));
        }

        Assert.NotNull(_quarantine.Check(WithOptions("#b")));
        Assert.Null(_quarantine.Check(s_page));
        Assert.Null(_quarantine.Check(Command("user:ada", "k-1")));
        _shell = "next";
        Assert.Null(_quarantine.Check(WithOptions("#b")));
    }

    [Fact]
    public void Check_RenderedWithOptionsInBetween_CountsFromZero()
    {
        for (var i = 0; i < 6; i++)
        {
            Strike(1, WithOptions("#a" + i));
            _quarantine.Note(WithOptions("#ok"), i % 3 == 2 ? ForwardKind.Verdict : ForwardKind.NoVerdict);
        }

        Assert.Null(_quarantine.Check(WithOptions("#b")));
    }

    [Fact]
    public void Check_CommandOfAUserCrashed_OthersMayRunIt()
    {
        Strike(2, Command("user:ada", "k-1"));
        Assert.NotNull(_quarantine.Check(Command("user:ada", "k-2")));
        Assert.Null(_quarantine.Check(Command("user:bob", "k-1")));
    }

    private static RenderOperation Page(string url) => new(new() { Url = url }, "realm", "id", new Deadline(TimeSpan.FromSeconds(1), TimeProvider.System));

    private static RenderOperation Screenshot(ScreenshotRequest screenshot, string url = ManagerUnderTest.Card) => Page(url) with { Screenshot = screenshot };

    private static ScreenshotRequest Scaled(int scale) => new() { Url = ManagerUnderTest.Card, Scale = scale };

    private static RenderOperation WithOptions(string selector) => s_page with { Request = s_page.Request with { WaitForSelector = selector } };

    private static RenderOperation Command(string user, string key) =>
        s_page with { Affinity = user, Command = new(new() { Command = "add", Affinity = user }, key) };

    private void Strike(int times, RenderOperation? operation = null)
    {
        for (var i = 0; i < times; i++)
        {
            _quarantine.Note(operation ?? s_page, ForwardKind.Crashed);
        }
    }
}
