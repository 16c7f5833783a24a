using Fleet.Contracts;
using Fleet.PrerenderServer.Canary;

namespace Fleet.Tests.Canary;

public sealed class CanaryRulesTests
{
    private const string Old = "HeadlessChrome/1.0";
    private const string New = "HeadlessChrome/2.0";

    [Theory]
    [InlineData("", nameof(CanaryNeed.Nothing), null)]
    [InlineData("self:Warming:2", nameof(CanaryNeed.Nothing), null)]
    [InlineData("a:Warming:1", nameof(CanaryNeed.NotReady), null)]
    [InlineData("a:Draining:1", nameof(CanaryNeed.Nothing), null)]
    [InlineData("a:Ready:", nameof(CanaryNeed.Nothing), null)]
    [InlineData("a:Warming:2", nameof(CanaryNeed.Nothing), null)]
    [InlineData("a:Ready:1", nameof(CanaryNeed.Compare), "a")]
    [InlineData("a:Ready:1 self:Ready:2", nameof(CanaryNeed.Compare), "a")]
    [InlineData("a:Ready:1 b:Warming:2", nameof(CanaryNeed.Compare), "a")]
    [InlineData("a:Ready:1 b:Ready:2", nameof(CanaryNeed.Accepted), null)]
    [InlineData("a:Warming:1 b:Ready:2", nameof(CanaryNeed.Accepted), null)]
    [InlineData("a:Ready:2", nameof(CanaryNeed.Accepted), null)]
    public void Reference_Servers_IsAReadyOneWithAnotherBrowserUntilOneHasThisBrowser(string servers, string need, string? expected)
    {
        var found = CanaryRules.Reference(servers.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Record), "self", New);
        Assert.Equal((need, expected), (found.Need.ToString(), found.Reference?.Incarnation));
    }

    [Fact]
    public void Reference_SeveralServers_IsTheOneWithTheShortestQueue() =>
        Assert.Equal("b", CanaryRules.Reference([Record("a:Ready:1") with { Queue = 3 }, Record("b:Ready:1") with { Queue = 1 }], "self", New).Reference?.Incarnation);

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "a/0")]
    [InlineData(2, "a/0 b/0")]
    [InlineData(3, "a/0 a/2 b/0")]
    [InlineData(4, "a/0 a/1 a/2 b/0")]
    [InlineData(100, "a/0 a/1 a/2 a/3 b/0")]
    public void Choose_Pages_AlternatesScopesAndSpreadsWithinThem(int count, string expected)
    {
        var pages = new Dictionary<string, IReadOnlyList<string>> { ["c"] = [], ["b"] = ["b/0"], ["a"] = ["a/3", "a/1", "a/0", "a/2"] };
        Assert.Equal(expected, string.Join(' ', CanaryRules.Choose(pages, count).Select(sample => sample.Url)));
    }

    [Theory]
    [InlineData("x", "x", "", "", nameof(SampleResult.Equal))]
    [InlineData("x", null, "", "", nameof(SampleResult.NotComparable))]
    [InlineData(null, null, "", "", nameof(SampleResult.NotComparable))]
    [InlineData("x", "y", "x", "y", nameof(SampleResult.Different))]
    [InlineData(null, "y", null, "y", nameof(SampleResult.Different))]
    [InlineData("x", "y", "y", "y", nameof(SampleResult.Equal))]
    [InlineData("x", "y", "z", "y", nameof(SampleResult.NotComparable))]
    [InlineData("x", "y", "x", "z", nameof(SampleResult.NotComparable))]
    [InlineData("x", "y", "x", null, nameof(SampleResult.NotComparable))]
    public void Compare_TwoRendersOfEach_IsDifferentOnlyIfEachRepeatsItself(string? own, string? other, string? ownAgain, string? otherAgain, string expected) =>
        Assert.Equal(expected, (CanaryRules.Compare(Render(own), Render(other)) ?? CanaryRules.CompareAgain((Render(own), Render(ownAgain)), (Render(other), Render(otherAgain)))).ToString());

    [Fact]
    public void Compare_ServersOnDifferentShells_IsNotComparableUnlessEqual()
    {
        Assert.Equal(SampleResult.NotComparable, CanaryRules.Compare(new("x", "new"), new("y", "old")));
        Assert.Equal(SampleResult.Equal, CanaryRules.Compare(new("x", "new"), new("x", "old")));
        Assert.Null(CanaryRules.Compare(null, new("y", "old")));
    }

    [Fact]
    public void Of_Result_HasStatusAndFormatsAndIsNullUnlessRendered()
    {
        var result = new RenderResult
        {
            Outcome = RenderOutcome.Rendered,
            Status = 404,
            Url = "http://a/",
            Formats = new Dictionary<RenderFormat, string> { [RenderFormat.Html] = "<p>", [RenderFormat.Atom] = "<i>" },
        };
        Assert.Contains("404", CanaryRules.Of(result)?.Text, StringComparison.Ordinal);
        Assert.Contains("<p>", CanaryRules.Of(result)?.Text, StringComparison.Ordinal);
        Assert.Contains("<i>", CanaryRules.Of(result)?.Text, StringComparison.Ordinal);
        Assert.NotEqual(CanaryRules.Of(result)?.Text, CanaryRules.Of(result with { Status = 200 })?.Text);
        Assert.Null(CanaryRules.Of(result with { Outcome = RenderOutcome.TimedOut }));
    }

    private static SampleRender? Render(string? text) => text is null ? null : new(text, "shell");

    private static ServerRecord Record(string text) => text.Split(':') is var parts ? new()
    {
        Incarnation = parts[0],
        Name = parts[0],
        Url = "http://127.0.0.1:1",
        Version = 1,
        State = Enum.Parse<ServerState>(parts[1]),
        Browser = parts[2] switch { "1" => Old, "2" => New, _ => null },
    } : throw new ArgumentException(text);
}
