using Fleet.Contracts;
using Fleet.PrerenderServer.Rendering.Learning;
using Fleet.PrerenderServer.Rendering.Painting;

namespace Fleet.Tests.Rendering;

public sealed class PaintPolicyTests
{
    private const string Shell = "shell-a";

    private readonly PaintPolicy _policy = new(LearningMode.Auto);

    [Theory]
    [InlineData("http://site.example/", "site.example/ isolated", "site.example/ isolated")]
    [InlineData("http://site.example/gold", "site.example/* isolated", "site.example/* isolated")]
    [InlineData("http://site.example/gold/", "site.example/* isolated", "site.example/* isolated")]
    [InlineData("http://site.example/elements/gold?sort=asc", "site.example/elements/* isolated", "site.example/*/* isolated")]
    [InlineData("http://site.example:81/a/b/c%2Fd", "site.example:81/a/*/* isolated", "site.example:81/*/*/* isolated")]
    public void Key_OfUrl_IsItsFirstSegmentAndTheirNumber(string url, string route, string fallback) =>
        Assert.Equal(new(Shell, route, fallback), RouteKey.Of(Shell, new Uri(url), [RenderFormat.Isolated]));

    [Fact]
    public void Key_OfFormats_IsTheirNamesInAnyOrder()
    {
        var url = new Uri("http://site.example/");
        Assert.Equal(RouteKey.Of(Shell, url, [RenderFormat.Head, RenderFormat.Isolated]), RouteKey.Of(Shell, url, [RenderFormat.Isolated, RenderFormat.Head]));
        Assert.NotEqual(RouteKey.Of(Shell, url, [RenderFormat.Head]), RouteKey.Of(Shell, url, [RenderFormat.Isolated]));
        Assert.Equal("site.example/ data", RouteKey.Of(Shell, url, []).Route);
    }

    [Fact]
    public void Plan_UntilEnoughComparisonsWereEqual_IsPainted()
    {
        for (var compared = 0; compared < PaintPolicy.Needed; compared++)
        {
            Assert.Equal((RouteLearningState.Learning, compared), (_policy.Status(Shell).State, _policy.Status(Shell).Equal));
            Assert.All(UntilCompared(Key("/a")), plan => Assert.True(plan.IsPainted));
            Assert.Equal(compared + 1 == PaintPolicy.Needed, _policy.Compared(Key("/a"), Comparison.Equal) is { State: RouteLearningState.On, IsApp: false });
        }

        Assert.False(_policy.Plan(Key("/a")).IsPainted);
        Assert.True(_policy.Plan(Key("/b")).IsPainted);
        Assert.Equal(new RouteLearningStatus(RouteLearningState.On) { Needed = PaintPolicy.Needed, RoutesOn = 1, RoutesLearning = 1 }, _policy.Status(Shell));
    }

    [Fact]
    public void Plan_OfNewVersion_ComparesItsFirstRenders()
    {
        Assert.Equal(PaintPolicy.Needed, UntilOn("/a"));
        // After them, and the first render without paint, no more than a tenth of all renders is compared.
        Assert.Equal((PaintPolicy.Needed + 1) * PaintPolicy.RendersPerComparison, PaintPolicy.Needed + 1 + UntilCompared(Key("/b")).Count);
    }

    [Fact]
    public void Plan_OfLearningRoutes_ComparesATenthOfAllRenders()
    {
        var compared = Enumerable.Range(0, 300).Count(i => _policy.Plan(Key($"/{i % 7}")).IsCompared);
        Assert.Equal(300 / PaintPolicy.RendersPerComparison, compared);
        Assert.Equal(PaintPolicy.RendersPerComparison, UntilCompared(Key("/a")).Count);
    }

    [Fact]
    public void Plan_OfRouteThatIsOn_ComparesRarely()
    {
        TurnOn("/a");
        var plans = Enumerable.Range(0, 10 * PaintPolicy.RendersPerSample).Select(_ => _policy.Plan(Key("/a"))).ToList();
        Assert.All(plans, plan => Assert.False(plan.IsPainted));
        Assert.Equal(10, plans.Count(plan => plan.IsCompared));
    }

    [Fact]
    public void Used_LayoutRead_PaintsThatRouteOnlyForThisVersion()
    {
        TurnOn("/a");
        TurnOn("/b");
        var change = _policy.Used(Key("/a"), new("Element.scrollHeight", null));
        Assert.True(change is { State: RouteLearningState.Off, IsApp: false, Reason: "It reads the layout with Element.scrollHeight." }, $"{change}");
        Assert.Null(_policy.Used(Key("/a"), new("Element.scrollHeight", null)));
        Assert.Null(_policy.Compared(Key("/a"), Comparison.Equal));
        Assert.All(Enumerable.Range(0, 100), _ => Assert.Equal(PaintPlan.Painted, _policy.Plan(Key("/a"))));
        Assert.False(_policy.Plan(Key("/b")).IsPainted);
        var status = _policy.Status(Shell);
        Assert.Equal((RouteLearningState.On, 1, 1), (status.State, status.RoutesOn, status.RoutesOff));
        Assert.Equal("/a: It reads the layout with Element.scrollHeight.", status.Reason);
    }

    [Fact]
    public void Used_Nothing_ChangesNothing()
    {
        TurnOn("/a");
        Assert.Null(_policy.Used(Key("/a"), new(null, null)));
        Assert.False(_policy.Plan(Key("/a")).IsPainted);
    }

    public static TheoryData<string> Ends => new("observes", "different");

    [Theory]
    [MemberData(nameof(Ends))]
    public void Shell_ThatObservesTheLayoutOrDiffers_IsPaintedUntilTheNextOne(string end)
    {
        TurnOn("/a");
        TurnOn("/b");
        var change = end == "observes" ? _policy.Used(Key("/a"), new("ResizeObserver.observe", "ResizeObserver.observe")) : _policy.Compared(Key("/a"), Comparison.Different);
        Assert.True(change is { State: RouteLearningState.Off, IsApp: true }, $"{change}");
        Assert.Contains(end == "observes" ? "ResizeObserver.observe" : "rendered something else", change.Reason, StringComparison.Ordinal);
        Assert.Equal(PaintPlan.Painted, _policy.Plan(Key("/b")));
        Assert.Equal(PaintPlan.Painted, _policy.Plan(Key("/new")));
        Assert.True(_policy.Status(Shell) is { State: RouteLearningState.Off, RoutesOn: 0, RoutesLearning: 0, Reason.Length: > 0 });
        Assert.True(_policy.Status("shell-b") is { State: RouteLearningState.Learning, Reason: null });
        TurnOn("/a", "shell-b");
        Assert.False(_policy.Plan(Key("/a", "shell-b")).IsPainted);
        Assert.True(_policy.Plan(Key("/a")).IsPainted);
    }

    [Fact]
    public void Compared_ChangingContent_PaintsTheRouteAfterAFewTimes()
    {
        for (var i = 1; i < RouteLearning.MaxUnsteady; i++)
        {
            Assert.Null(_policy.Compared(Key("/a"), Comparison.Unsteady));
        }

        Assert.True(_policy.Compared(Key("/a"), Comparison.Unsteady) is { State: RouteLearningState.Off, IsApp: false });
        Assert.Equal(RouteLearningState.Learning, _policy.Status(Shell).State);
    }

    [Fact]
    public void Failed_RouteThatIsOn_IsLearnedAgain()
    {
        TurnOn("/a");
        Assert.True(_policy.Failed(Key("/a")) is { State: RouteLearningState.Learning, IsApp: false });
        Assert.True(_policy.Plan(Key("/a")).IsPainted);
        TurnOn("/a");
        Assert.False(_policy.Plan(Key("/a")).IsPainted);
    }

    [Fact]
    public void Plan_TooManyPatterns_AreDistinguishedByTheirNumberOfSegments()
    {
        for (var i = 0; i < RouteLearning.MaxRoutes; i++)
        {
            _policy.Plan(Key($"/{i}"));
        }

        for (var i = 0; i < PaintPolicy.Needed; i++)
        {
            _policy.Compared(Key($"/more-{i}"), Comparison.Equal);
        }

        Assert.False(_policy.Plan(Key("/other")).IsPainted);
        Assert.Equal(RouteLearning.MaxRoutes + 1, _policy.Status(Shell) is var status ? status.RoutesOn + status.RoutesLearning : 0);
    }

    [Fact]
    public void Plan_UnknownShell_IsPainted()
    {
        var key = Key("/a") with { App = null };
        Assert.Equal(PaintPlan.Painted, _policy.Plan(key));
        Assert.Null(_policy.Compared(key, Comparison.Different));
    }

    [Fact]
    public void Plan_ModeIsOff_IsPaintedAndNeverCompared()
    {
        var policy = new PaintPolicy(LearningMode.Off);
        Assert.All(Enumerable.Range(0, 100), _ => Assert.Equal(PaintPlan.Painted, policy.Plan(Key("/a"))));
        Assert.Equal(new RouteLearningStatus(RouteLearningState.Off) { Reason = "Rendering:NoPaint is off." }, policy.Status(Shell));
    }

    private static RouteKey Key(string path, string shell = Shell) => new(shell, path, "/*");

    private void TurnOn(string path, string shell = Shell)
    {
        for (var i = 0; i < PaintPolicy.Needed; i++)
        {
            _policy.Compared(Key(path, shell), Comparison.Equal);
        }
    }

    /// <summary>Renders until a route is on, each followed by its comparison.</summary>
    private int UntilOn(string path)
    {
        var renders = 0;
        while (_policy.Plan(Key(path)) is { IsPainted: true } plan)
        {
            renders++;
            if (plan.IsCompared)
            {
                _policy.Compared(Key(path), Comparison.Equal);
            }
        }

        return renders;
    }

    /// <summary>The plans up to the first with a comparison.</summary>
    private List<PaintPlan> UntilCompared(RouteKey key)
    {
        var plans = new List<PaintPlan>();
        while (plans.Count < 1_000)
        {
            plans.Add(_policy.Plan(key));
            if (plans[^1].IsCompared)
            {
                break;
            }
        }

        return plans;
    }
}
