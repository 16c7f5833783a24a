using Fleet.Contracts;
using Fleet.Manager.Jobs;
using Fleet.Registry.Jobs;

namespace Fleet.Tests.Manager;

/// <summary>The decisions about publications, without a fleet.</summary>
public sealed class PublicationRulesTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);
    private static readonly PublicationTarget s_target = new(Generation: 7, RenderedAfter: null, TimeSpan.FromMinutes(10));
    private static readonly PublicationTarget s_later = s_target with { RenderedAfter = s_now };

    public static TheoryData<string, PublicationTarget, object, string?, string?> Checks => new()
    {
        // A page and the decision: "render", "wait", or the reason of the result.
        { "fresh", s_target, Check(Stored("current", 7)), "succeeded", null },
        { "captured before it had settled", s_target, Check(Stored("capped", 7)), "succeeded", null },
        { "out of date", s_target, Check(Stored("outdated", 7)), null, "render" },
        { "of an earlier shell", s_target, Check(Stored("current", 6)), null, "render" },
        { "of a later shell", s_target, Check(Stored("current", 8)), "failed", "superseded" },
        { "fresh, and a later shell is current", s_target, Check(Stored("current", 7)) with { Generation = 8 }, "succeeded", null },
        { "out of date, and a later shell is current", s_target, Check(Stored("outdated", 7)) with { Generation = 8 }, "failed", "superseded" },
        { "rendered too early", s_later, Check(Stored("current", 7, s_now.AddSeconds(-1))), null, "render" },
        { "begun too early, and rendered in time", s_later, Check(Stored("current", 7, s_now.AddSeconds(3), s_now.AddSeconds(-1))), null, "render" },
        { "begun in time", s_later, Check(Stored("current", 7, s_now.AddSeconds(3), s_now)), "succeeded", null },
        { "rendered in time, by an older version", s_later, Check(Stored("current", 7, s_now)), "succeeded", null },
        { "not stored", s_target, Check(null), null, "render" },
        { "being rendered", s_target, Check(new SitePage(Pending: true)), null, "wait" },
        { "failed before", s_target, Check(Failed("x")), null, "render" },
        { "failed twice", s_target, Check(Failed("x")) with { Renders = 2, Failures = 2 }, null, "render" },
        { "failed twice, a moment ago", s_target, Check(Failed("x")) with { Renders = 2, Failures = 2, IsRenderDue = false }, null, "wait" },
        { "failed three times", s_target, Check(Failed("x")) with { Renders = 3, Failures = 3, Failure = new("x") }, "failed", "failed" },
        { "failed three times, in progress again", s_target, Check(Failed("x") with { Pending = true }) with { Renders = 3, Failures = 3 }, null, "wait" },
        { "queued three times, rendered by another realm server", s_target, Check(null) with { Renders = 3, IsRenderDue = false }, null, "wait" },
        { "queued three times, none in progress for long", s_target, Check(null) with { Renders = 3 }, null, "render" },
        { "not checked in time", s_target, new PublicationCheck { IsChecked = false, IsLate = true }, "failed", "not-checked" },
        { "late, not stored", s_target, Check(null) with { IsLate = true }, "failed", "not-stored" },
        { "late, in progress", s_target, Check(Stored("outdated", 6) with { Pending = true }) with { IsLate = true }, "failed", "stale" },
        { "late, changed meanwhile", s_target, Check(Stored("outdated", 7)) with { IsLate = true }, "failed", "outdated" },
        { "late, rendered too early", s_later, Check(Stored("current", 7, s_now.AddSeconds(-1))) with { IsLate = true }, "failed", "outdated" },
        { "late, queued three times, no failure", s_target, Check(null) with { Renders = 3, IsLate = true }, "failed", "not-stored" },
        { "late but fresh", s_target, Check(Stored("current", 7)) with { IsLate = true }, "succeeded", null },
        { "no page of the site", s_target, Error(400, "invalid-request"), "skipped", "refused" },
        { "refused by the recache", s_target, Check(null) with { Error = new(null, 0, 400, "refused", "A file.") }, "skipped", "refused" },
        { "no realm server configured", s_target, Error(409, "no-realm-server"), "failed", "no-realm-server" },
        { "renders are off", s_target, Check(null) with { Error = new(null, 0, 409, "renders-off", "Off.") }, "skipped", "renders-off" },
        { "realm server away", s_target, Error(503, "realm-server-unreachable"), null, "wait" },
        { "realm server away to the end", s_target, Error(503, "realm-server-unreachable") with { IsLate = true }, "failed", "realm-server-unreachable" },
        { "queue full", s_target, Check(null) with { Error = new(null, 0, 503, "queue-full", "Full.") }, null, "render" },
    };

    [Theory]
    [MemberData(nameof(Checks))]
    public void Next_Check_IsAResultARenderOrAnotherCheck(string page, PublicationTarget target, object check, string? outcome, string? expected)
    {
        var step = PublicationRules.Next(target, (PublicationCheck)check);
        Assert.True(
            (outcome, expected) == (step.Result?.Outcome.ToString().ToLowerInvariant(), step.Result is { } end ? end.Reason : step.IsRendered ? "render" : "wait"),
            $"{page}: {step}");
    }

    [Fact]
    public void Next_Late_SaysWhatIsStored()
    {
        var step = PublicationRules.Next(s_target, Check(Stored("outdated", 6, s_now) with { LastFailure = new("It crashed.") }) with { IsLate = true });
        Assert.Equal("Not fresh within 600 s: the stored page is of generation 6, 2026-03-04T05:06:07.0000000+00:00; It crashed.", step.Result!.Detail);
    }

    [Theory]
    [InlineData(JobState.Queued, 0, 0, PublicationState.Pending)]
    [InlineData(JobState.Running, 1, 0, PublicationState.Pending)]
    [InlineData(JobState.Completed, 0, 0, PublicationState.Fresh)]
    [InlineData(JobState.Completed, 1, 0, PublicationState.Incomplete)]
    [InlineData(JobState.Completed, 0, 0, PublicationState.Incomplete, "nothing-matches")]
    [InlineData(JobState.Completed, 0, 1, PublicationState.Incomplete)]
    [InlineData(JobState.Failed, 0, 0, PublicationState.Incomplete)]
    [InlineData(JobState.Cancelled, 0, 0, PublicationState.Cancelled)]
    public void StateOf_Job_IsFreshOnlyIfEveryPageIs(JobState state, int skipped, int omitted, PublicationState expected, string? reason = null) => Assert.Equal(expected, Publications.StateOf(new()
    {
        Id = "1",
        Definition = new(JobKind.Publication, new(), s_target),
        State = state,
        CreatedAt = s_now,
        ReadAt = s_now,
        Succeeded = 3,
        Skipped = skipped,
        Reason = reason,
        Omitted = omitted,
    }));

    [Fact]
    public void Check_BoundsOfARequest_AreNamed()
    {
        var errors = PublicationRules.Check(
            new() { Urls = ["no url"], Prefixes = [], Since = -1, RenderedAfter = s_now.AddHours(1), TimeoutSeconds = 0, Webhook = "https://x.example/" }, new([]), s_now);
        Assert.Equal(["urls[0]", "prefixes", "since", "renderedAfter", "timeoutSeconds", "webhook"], errors.Select(error => error.Field));
        Assert.Equal(["urls"], PublicationRules.Check(new(), new([]), s_now).Select(error => error.Field));
        Assert.Empty(PublicationRules.Check(new() { Since = 0 }, new([]), s_now));
    }

    [Theory]
    [InlineData("/news/", null)]
    [InlineData("https://www.example.com/news", null)]
    [InlineData("news/", "'prefixes[1]' is 'news/': it must begin with '/', 'http://' or 'https://'.")]
    [InlineData("www.example.com/", "'prefixes[1]' is 'www.example.com/': it must begin with '/', 'http://' or 'https://'.")]
    public void Check_Prefix_MustBeTheStartOfAUrl(string prefix, string? error) =>
        Assert.Equal(error, PublicationRules.Check(new() { Prefixes = ["/", prefix] }, new([]), s_now).SingleOrDefault()?.Message);

    [Theory]
    [InlineData(404, 1, 500, null)]
    [InlineData(422, 1, null, null)]
    [InlineData(502, 2, null, 4)]
    [InlineData(502, 3, null, null)]
    [InlineData(502, 3, 500, 8)]
    [InlineData(504, 60, 500, 10)]
    [InlineData(503, 60, 3, 3)]
    [InlineData(503, 60, 0, null)]
    public void PauseAfter_ListCannotBeRead_APublicationWaitsUntilItsTimeIsOver(int status, int attempt, int? secondsLeft, int? pause) => Assert.Equal(
        pause is { } seconds ? TimeSpan.FromSeconds(seconds) : null, JobLists.PauseAfter(status, attempt, secondsLeft is { } left ? TimeSpan.FromSeconds(left) : null));

    [Fact]
    public void FingerprintOf_TwoKindsWithTheSameMembers_Differs()
    {
        Assert.NotEqual(JobRequestRules.FingerprintOf(new JobRequest { Urls = ["/a"] }), JobRequestRules.FingerprintOf(new PublicationRequest { Urls = ["/a"] }));
        Assert.Equal(JobRequestRules.FingerprintOf(new PublicationRequest { Urls = ["/a"] }), JobRequestRules.FingerprintOf(new PublicationRequest { Urls = ["/a"] }));
    }

    [Fact]
    public void Define_SinceAlone_SelectsEveryStoredPage()
    {
        Assert.Equal([new JobItem("", IsList: true)], PublicationRules.Define(new() { Since = 1 }, 2).Items);
        Assert.Equal([new JobItem("/a"), new JobItem("/b/", IsList: true)], PublicationRules.Define(new() { Urls = ["/a", "/a"], Prefixes = ["/b/"], Since = 1 }, 2).Items);
        Assert.Equal([new JobItem("/a")], PublicationRules.Define(new() { Urls = ["/a"] }, 2).Items);
    }

    private static PublicationCheck Check(SitePage? page) => new() { IsChecked = true, Page = page, IsKnown = true, Generation = 7, IsRenderDue = true };

    private static PublicationCheck Error(int status, string reason) => new() { IsChecked = true, Error = new(null, 0, status, reason, "Why."), Generation = 7, IsRenderDue = true };

    private static SitePage Stored(string state, long generation, DateTimeOffset renderedAt = default, DateTimeOffset? startedAt = null) =>
        new(Pending: false, new(200, state, generation, renderedAt, AgeSeconds: 0, startedAt));

    private static SitePage Failed(string reason) => new(Pending: false, LastFailure: new(reason));
}
