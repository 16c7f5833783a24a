using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Rendering;
using Fleet.PrerenderServer.Rendering.Learning;
using Fleet.PrerenderServer.Rendering.Soft;

namespace Fleet.Tests.Rendering;

public sealed class SoftPolicyTests
{
    private static readonly LearningRules s_rules = SoftPolicy.Rules;

    private static readonly RouteKey s_key = Key("/items/*");

    private readonly SoftPolicy _policy = new(LearningMode.Auto, s_rules);

    [Fact]
    public void Loaded_UntilEnoughComparisonsWereEqual_IsNotKept()
    {
        for (var compared = 0; compared < s_rules.Needed; compared++)
        {
            Assert.Equal((RouteLearningState.Learning, compared), (_policy.Status().State, _policy.Status().Equal));
            Assert.NotNull(UntilCompared());
            Assert.False(_policy.Plan(s_key).IsOn);
            Assert.Equal(compared + 1 == s_rules.Needed, _policy.Compared(s_key, Comparison.Equal, null) is { State: RouteLearningState.On });
        }

        Assert.Equal((true, null), _policy.Loaded(s_key, Load("/on")));
        Assert.True(_policy.Plan(s_key).IsOn);
        Assert.Equal(new RouteLearningStatus(RouteLearningState.On) { Needed = s_rules.Needed, RoutesOn = 1 }, _policy.Status());
    }

    [Fact]
    public void Loaded_Reference_IsTheLastLoadOfAnotherUrlOfTheRoute()
    {
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(default, _policy.Loaded(s_key, Load("/a")));
        }

        string? last = "/a";
        for (var i = 0; i < 100; i++)
        {
            _policy.Loaded(Key("/other/*"), Load($"/other/{i}"));
            if (_policy.Loaded(s_key, Load($"/{i}")).Reference is { } reference)
            {
                Assert.Equal(last, reference.Url);
            }
            else
            {
                last = $"/{i}";
            }
        }
    }

    [Fact]
    public void Loaded_LearningRoutes_AtMostAQuarterIsCompared()
    {
        var compared = Enumerable.Range(0, 400).Count(i => _policy.Loaded(Key($"/{i % 7}/*"), Load($"/{i % 7}/{i}")).Reference is not null);
        Assert.InRange(compared, 90, 100);
    }

    [Fact]
    public void Plan_OfRouteThatIsOn_ComparesOneInFifty()
    {
        TurnOn();
        var plans = Enumerable.Range(0, 10 * s_rules.RendersPerSample).Select(_ => _policy.Plan(s_key)).ToList();
        Assert.All(plans, plan => Assert.True(plan.IsOn));
        Assert.Equal(10, plans.Count(plan => plan.IsCompared));
    }

    [Fact]
    public void Compared_Difference_TurnsOnlyThatRouteOffForThisVersion()
    {
        TurnOn();
        Assert.True(_policy.Compared(s_key, Comparison.Different, "Left over.") is { State: RouteLearningState.Off, IsApp: false, Reason: "Left over." });
        Assert.False(_policy.Plan(s_key).IsOn);
        Assert.Null(_policy.Compared(s_key, Comparison.Equal, null));
        Assert.Equal(default, _policy.Loaded(s_key, Load("/off")));
        Assert.Equal((RouteLearningState.Learning, 1, "/items/*: Left over."), (_policy.Status().State, _policy.Status().RoutesOff, _policy.Status().Reason));
        TurnOn(Key("/other/*"));
        Assert.Equal((RouteLearningState.On, 1, 1), (_policy.Status().State, _policy.Status().RoutesOn, _policy.Status().RoutesOff));
        // A deploy counts as another app.
        TurnOn(s_key with { App = "new" });
        Assert.True(_policy.Plan(s_key with { App = "new" }).IsOn);
    }

    [Fact]
    public void Compared_ChangingContent_TurnsTheRouteOffAfterAFewTimes()
    {
        for (var i = 1; i < RouteLearning.MaxUnsteady; i++)
        {
            Assert.Null(_policy.Compared(s_key, Comparison.Unsteady, "It changes."));
        }

        Assert.True(_policy.Compared(s_key, Comparison.Unsteady, "It changes.") is { State: RouteLearningState.Off, Reason: "It changes." });
    }

    [Fact]
    public void Compared_EqualOnceTheRouteIsOn_StartsTheCountOfWhatMayPassAgain()
    {
        TurnOn();
        for (var i = 1; i < RouteLearning.MaxUnsteady; i++)
        {
            Assert.Null(_policy.Compared(s_key, Comparison.Unsteady, "It was slow."));
        }

        Assert.Null(_policy.Compared(s_key, Comparison.Equal, null));
        Assert.Null(_policy.Compared(s_key, Comparison.Unsteady, "It was slow."));
        Assert.True(_policy.Plan(s_key).IsOn);
    }

    [Fact]
    public void TurnOff_RouteThatIsOn_IsOff()
    {
        TurnOn();
        Assert.True(_policy.TurnOff(s_key, "An error.") is { State: RouteLearningState.Off });
        Assert.Null(_policy.TurnOff(s_key, "An error."));
        Assert.False(_policy.Plan(s_key).IsOn);
    }

    [Fact]
    public void Loaded_ManyAppsAndRoutes_AreBounded()
    {
        for (var i = 0; i < 100; i++)
        {
            TurnOn(s_key with { App = $"app-{i}" });
        }

        Assert.False(_policy.Plan(s_key with { App = "app-0" }).IsOn);
        Assert.True(_policy.Plan(s_key with { App = "app-99" }).IsOn);
        Assert.InRange(_policy.Status().RoutesOn, 1, 32);
    }

    [Fact]
    public void Loaded_DocumentThatDiffersEachTime_IsNotLearnedAndEvictsNoOther()
    {
        TurnOn();
        var status = _policy.Status();
        for (var i = 0; i < 1_000; i++)
        {
            var nonce = s_key with { App = $"nonce-{i}" };
            Assert.Equal(default, _policy.Loaded(nonce, Load($"/{i}")));
            Assert.Equal(default, _policy.Plan(nonce));
        }

        Assert.Equal(status, _policy.Status());
        Assert.True(_policy.Plan(s_key).IsOn);
    }

    [Fact]
    public void Plan_AppThatIsUsed_OutlivesThoseThatAreNot()
    {
        TurnOn();
        for (var i = 0; i < 100; i++)
        {
            TurnOn(s_key with { App = $"app-{i}" });
            Assert.True(_policy.Plan(s_key).IsOn);
        }
    }

    [Fact]
    public void Loaded_ManyRoutes_TheLastLoadOfARouteThatIsUsedIsKept()
    {
        var policy = new SoftPolicy(LearningMode.Auto, s_rules with { RendersPerComparison = 1 });
        for (var i = 0; i < 3 * RouteLearning.MaxRoutes; i++)
        {
            policy.Loaded(i % 200 == 0 ? s_key : Key($"/{i}/*"), Load("/a"));
        }

        Assert.Equal("/a", policy.Loaded(s_key, Load("/b")).Reference?.Url);
        Assert.Null(policy.Loaded(Key("/1/*"), Load("/b")).Reference);
    }

    [Fact]
    public void Status_ModeIsOff_SaysSo()
    {
        var policy = new SoftPolicy(LearningMode.Off, s_rules);
        Assert.False(policy.IsEnabled);
        Assert.Equal(new RouteLearningStatus(RouteLearningState.Off) { Reason = "Rendering:SoftNavigation is off." }, policy.Status());
    }

    [Theory]
    [InlineData(1_000, 10, 7_000, 20, false)]
    [InlineData(1_000, 10, 7_001, 10, true)]
    [InlineData(1_000, 10, 1_000, 52, false)]
    [InlineData(1_000, 10, 1_000, 53, true)]
    public void HasGrown_NodesOrHeap_MoreThanTwiceAndAMargin(int nodes, int heapMb, int nodesNow, int heapMbNow, bool hasGrown) =>
        Assert.Equal(hasGrown, SoftPolicy.HasGrown(new(nodes, heapMb * 1_000_000L), new(nodesNow, heapMbNow * 1_000_000L)));

    [Fact]
    public void MayVisit_KeptDocument_ShowsOtherUrlsOfItsRouteAFewTimesUntilItsEnd()
    {
        var kept = new KeptDocument(s_key, "/a", default, default, end: 100);
        Assert.True(kept.MayVisit(s_key, "/b", 99));
        Assert.False(kept.MayVisit(s_key, "/b", 100));
        Assert.False(kept.MayVisit(s_key, "/a", 0));
        Assert.False(kept.MayVisit(Key("/other/*"), "/b", 0));
        Assert.False(kept.MayVisit(s_key with { App = "new" }, "/b", 0));
        for (var i = 0; i < SoftPolicy.MaxVisits; i++)
        {
            Assert.True(kept.MayVisit(0));
            kept.Visited($"/{i}");
            Assert.False(kept.MayVisit(s_key, $"/{i}", 0));
        }

        Assert.False(kept.MayVisit(0));
        Assert.False(kept.MayVisit(s_key, "/more", 0));
    }

    [Theory]
    [InlineData(2, 30, 5)]
    [InlineData(7, 30, 7)]
    [InlineData(20, 30, 15)]
    [InlineData(2, 6, 3)]
    public void Limit_OfASoftNavigation_IsTheLoadsDurationAndAtMostHalfOfWhatIsLeft(int load, int left, int limit) =>
        Assert.Equal(TimeSpan.FromSeconds(limit), new KeptDocument(s_key, "/a", default, TimeSpan.FromSeconds(load), end: 100).Limit(TimeSpan.FromSeconds(left)));

    [Theory]
    [InlineData(RenderOutcome.Rendered, 200, null, "settled", "", "", null, null)]
    [InlineData(RenderOutcome.Rendered, 200, "/b", "settled", "", "", "redirected to /b", Comparison.Different)]
    [InlineData(RenderOutcome.Rendered, 404, null, "settled", "", "", "status 404", Comparison.Different)]
    [InlineData(RenderOutcome.Failed, 200, null, "settled", "", "", "was Failed", Comparison.Different)]
    [InlineData(RenderOutcome.Rendered, 200, null, "settled", "a fault", "", "a fault", Comparison.Different)]
    [InlineData(RenderOutcome.Rendered, 200, null, "capped", "a fault", "", "a fault", Comparison.Different)]
    [InlineData(RenderOutcome.Rendered, 200, null, "capped", "", "", "did not settle", Comparison.Unsteady)]
    [InlineData(RenderOutcome.Rendered, 200, null, "settled", "", "GET /api: 503", "GET /api: 503", Comparison.Unsteady)]
    [InlineData(RenderOutcome.Rendered, 200, null, "settled", "a fault", "GET /api: 503", "GET /api: 503", Comparison.Unsteady)]
    public void ProblemOf_Render_IsWhatIsUnusualAndWhetherItMayPass(RenderOutcome outcome, int status, string? redirect, string stability, string error, string request, string? problem, object? result)
    {
        var seen = SoftRender.ProblemOf(new() { Outcome = outcome, Status = status, RedirectUrl = redirect, Stability = stability }, error.Length == 0 ? [] : [error], request.Length == 0 ? [] : [request]);
        Assert.Equal((problem is null, (Comparison?)result), (seen is null, seen?.Result));
        Assert.Contains(problem ?? "", seen?.Text ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<title>a</title>", "", "u", "<title>a</title>", "", "u", null)]
    [InlineData("<!--?lit$123$--><p>", "", "", "<!--?lit$9$--><p>", "", "", null)]
    [InlineData("<p>", "", "u", "<p>", "", "u v", null)]
    [InlineData("<title>a</title>", "", "", "<title>b</title>", "", "", "at character 7: \"<title>b</title>\" instead of \"<title>a</title>\"")]
    [InlineData("<p>1</p>", "", "", "<p>2</p>", "", "", "instead of")]
    [InlineData("<p>", "", "", "<p>\n<i>", "", "", "\"<p> <i>\" instead of \"<p>\"")]
    [InlineData("<p>", "A: b", "", "<p>", "", "", "\"\" instead of \"A: b\"")]
    [InlineData("<p>", "", "u v", "<p>", "", "v", "reads u")]
    [InlineData("<!-- a -->", "", "", "<!-- b -->", "", "", "instead of")]
    public void DifferenceTo_Document_IsWhatAReaderCouldNotice(string html, string headers, string reads, string softHtml, string softHeaders, string softReads, string? difference)
    {
        var soft = new SoftDocument(softHtml, softHeaders, softReads.Split(' '));
        var full = new SoftDocument(html, headers, reads.Split(' '));
        var seen = full.DifferenceTo(soft);
        Assert.Equal(difference is null, seen is null);
        Assert.Contains(difference ?? "", seen ?? "", StringComparison.Ordinal);
        Assert.Equal(difference is null, new ReferenceLoad("/", full.Digest, full.Reads).IsSame(soft));
    }

    private static RouteKey Key(string route) => new("app", route, "/*");

    private static ReferenceLoad Load(string url) => new(url, "digest", []);

    private void TurnOn(RouteKey? key = null)
    {
        for (var i = 0; i < s_rules.Needed; i++)
        {
            _policy.Compared(key ?? s_key, Comparison.Equal, null);
        }
    }

    /// <summary>Loads further URLs until one is followed by a comparison.</summary>
    private ReferenceLoad? UntilCompared() =>
        Enumerable.Range(0, 100).Select(i => _policy.Loaded(s_key, Load($"/new-{i}")).Reference).FirstOrDefault(reference => reference is not null);
}
