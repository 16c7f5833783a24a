using System.Net;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Manager.Jobs;
using Fleet.ServiceDefaults.Security;

namespace Fleet.Tests.Manager;

/// <summary>The decisions about jobs, without a fleet.</summary>
public sealed class JobRulesTests
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(10);

    [Theory]
    [InlineData("<div id=root></div>", 200, JobUrlOutcome.Failed, "empty")]
    [InlineData("<div id=root>x</div>", 200, JobUrlOutcome.Succeeded, null)]
    [InlineData("", 404, JobUrlOutcome.Failed, "failed")]
    public void Next_PageThatShowsNothing_HasFailedAndIsNotTriedAgain(string html, int status, JobUrlOutcome expected, string? reason)
    {
        var result = new RenderResult { Outcome = status == 200 ? RenderOutcome.Rendered : RenderOutcome.Failed, Url = "http://h/", Status = status, Formats = new Dictionary<RenderFormat, string> { [RenderFormat.Html] = html } };

        var step = JobUrlRules.Next(JobAttempt.Of(result), 1, TimeSpan.Zero, TimeSpan.FromMinutes(1));

        Assert.Equal((expected, reason), (step.Result?.Outcome, step.Result?.Reason));
    }

    [Theory]
    [InlineData(RenderOutcome.Rendered, 200, 1, JobUrlOutcome.Succeeded, null)]
    [InlineData(RenderOutcome.Rendered, 0, 1, JobUrlOutcome.Succeeded, null)]
    [InlineData(RenderOutcome.Rendered, 301, 1, JobUrlOutcome.Succeeded, null)]
    [InlineData(RenderOutcome.Rendered, 404, 1, JobUrlOutcome.Failed, "failed")]
    [InlineData(RenderOutcome.Failed, 500, 1, JobUrlOutcome.Failed, "failed")]
    [InlineData(RenderOutcome.TimedOut, 0, 1, JobUrlOutcome.Failed, "timed-out")]
    [InlineData(RenderOutcome.Unauthorized, 401, 1, JobUrlOutcome.Failed, "unauthorized")]
    [InlineData(RenderOutcome.Unusable, 0, 1, JobUrlOutcome.Failed, "unusable")]
    [InlineData(RenderOutcome.NotAPage, 200, 1, JobUrlOutcome.Skipped, "not-a-page")]
    [InlineData(RenderOutcome.NoVerdict, 0, 1, null, null)]
    [InlineData(RenderOutcome.NoVerdict, 0, 2, null, null)]
    [InlineData(RenderOutcome.NoVerdict, 0, 3, JobUrlOutcome.Failed, "no-verdict")]
    public void Next_OutcomeOfAPage_IsTheResultUnlessItIsUnknown(RenderOutcome outcome, int status, int number, JobUrlOutcome? expected, string? reason)
    {
        var step = JobUrlRules.Next(new(outcome, status), number, TimeSpan.FromSeconds(5), s_timeout);
        Assert.Equal((expected, reason), (step.Result?.Outcome, step.Result?.Reason));
        Assert.Equal(expected is null, step.Pause is not null);
    }

    [Theory]
    [InlineData(503, "queue-full", 1, 0, 7, 7, null)]
    [InlineData(503, "no-servers", 1, 0, null, 1, null)]
    [InlineData(503, "no-servers", 4, 60, null, 8, null)]
    [InlineData(503, "warming", 50, 300, null, 30, null)]
    [InlineData(429, "queue-full", 1, 0, 500, 30, null)]
    [InlineData(504, "deadline", 1, 30, null, 1, null)]
    [InlineData(503, "queue-full", 9, 599, 7, null, JobUrlOutcome.Failed)]
    [InlineData(503, "quarantined", 1, 0, 300, null, JobUrlOutcome.Failed)]
    [InlineData(502, "result-too-large", 1, 0, null, null, JobUrlOutcome.Failed)]
    [InlineData(508, "too-deep", 1, 0, null, null, JobUrlOutcome.Failed)]
    [InlineData(400, "not-allowed", 1, 0, null, null, JobUrlOutcome.Skipped)]
    [InlineData(400, "invalid-request", 1, 0, null, null, JobUrlOutcome.Skipped)]
    public void Next_Error_IsRepeatedOnlyIfTheFleetMayRecover(int status, string reason, int number, int elapsed, int? retryAfter, int? pause, JobUrlOutcome? expected)
    {
        var attempt = new JobAttempt(null, 0, status, reason, "Why.", retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
        var step = JobUrlRules.Next(attempt, number, TimeSpan.FromSeconds(elapsed), s_timeout);
        Assert.Equal((pause is { } wait ? TimeSpan.FromSeconds(wait) : null, expected), (step.Pause, step.Result?.Outcome));
        Assert.Equal(expected is null ? null : reason, step.Result?.Reason);
    }

    [Theory]
    [InlineData("{\"width\":400,\"width\":500}")]
    [InlineData("{\"width\":400,\"Width\":500}")]
    public void Check_OptionGivenTwice_IsAnError(string render)
    {
        using var options = JsonDocument.Parse(render);
        var error = Assert.Single(JobRequestRules.Check(new() { Urls = ["http://h/"], Render = options.RootElement }, new([])));
        Assert.Equal(("render.width", "'render.width' is given more than once."), (error.Field, error.Message));
    }

    [Fact]
    public void CreationOf_Id_IsItsTime()
    {
        var at = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        Assert.Equal(at, JobRunner.CreationOf(Guid.CreateVersion7(at).ToString("N")));
        Assert.Null(JobRunner.CreationOf(Guid.NewGuid().ToString("N")));
        Assert.Null(JobRunner.CreationOf("s"));
    }

    [Theory]
    [InlineData(0, null, 0, null)]
    [InlineData(1, 0, 10, null)]
    [InlineData(2, 0, 0, null)]
    [InlineData(2, 5, 0, null)]
    [InlineData(11, 0, 5, 2.0)]
    [InlineData(100, 0, 990, 0.1)]
    public void RateOf_LastResults_IsPerSecondSinceTheOldest(int results, int? oldest, int now, double? expected) =>
        Assert.Equal(expected, JobProgress.RateOf(results, oldest is { } at ? DateTimeOffset.UnixEpoch.AddSeconds(at) : null, DateTimeOffset.UnixEpoch.AddSeconds(now)));

    [Theory]
    [InlineData("http://h:1/docs/a", true)]
    [InlineData("HTTP://H:1/docs/a", false)]
    [InlineData("http://h:1/docs/a?print=1", false)]
    [InlineData("http://h:1/other", false)]
    [InlineData("http://h:1/", true)]
    [InlineData("https://h:1/docs/a", false)]
    [InlineData("http://h/docs/a", false)]
    [InlineData("http://user@h:1/docs/a", false)]
    [InlineData("mailto:a@h", false)]
    public void Contains_Url_IsOfTheOriginAndMatchesThePatterns(string url, bool expected) =>
        Assert.Equal(expected, new CrawlScope(new() { Start = "http://h:1/", Include = ["/docs/*", "http://h:1/"], Exclude = ["*print=*"] }).Contains(url));

    [Fact]
    public void Read_Document_HasItsLinksOnceAbsoluteAndWithoutFragments()
    {
        const string html = """
            <base href="/app/"><a href="x#1">x</a><a href="x#2">x again</a><a href=" ../y?a=1&amp;b=2 ">y</a><map><area href="//other/z"></map><a>none</a><a href="http://[">broken</a>
            <template><a href="/inert">no page</a></template><div><template shadowrootmode="open"><p><template shadowrootmode="closed"><a href="nested">n</a></template></p></template></div>
            <a rel="noopener NoFollow" href="/no">no</a><script>var a = '<a href="/script">';</script>
            """;
        Assert.Equal(["http://h/app/x", "http://h/y?a=1&b=2", "http://other/z", "http://h/app/nested"], PageLinks.Read(html, "http://h/app/page"));
        Assert.Empty(PageLinks.Read("<meta name=ROBOTS content='index,NOFOLLOW'><a href=/a>", "http://h/"));
        Assert.Equal(PageLinks.MaxLinks, PageLinks.Read(string.Concat(Enumerable.Range(0, PageLinks.MaxLinks + 5).Select(n => $"<a href=/{n}>")), "http://h/").Count);
    }

    // The example in the tests of the libraries of Standard Webhooks.
    [Fact]
    public void Create_ExampleOfTheLibraries_HasItsSignature() => Assert.Equal(
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        WebhookSignature.Create("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, """{"test": 2432232314}"""));

    [Theory]
    [InlineData("hooks.example.com", "93.184.216.34", true)]
    [InlineData("hooks.example.com", "2606:2800:220:1::1", true)]
    [InlineData("hooks.example.com", "127.0.0.1", false)]
    [InlineData("hooks.example.com", "10.1.2.3", false)]
    [InlineData("hooks.example.com", "169.254.169.254", false)]
    [InlineData("hooks.example.com", "192.168.0.1", false)]
    [InlineData("hooks.example.com", "::1", false)]
    [InlineData("hooks.example.com", "::ffff:10.0.0.1", false)]
    [InlineData("hooks.example.com", "fd00::1", false)]
    [InlineData("hooks.example.com", "2002:a01:203::1", false)]
    [InlineData("hooks.example.com", "64:ff9b:1::a01:203", false)]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("receiver", "10.1.2.3", true)]
    [InlineData("hooks.internal", "10.1.2.3", true)]
    public void IsAllowed_AddressOfAHost_APublicNameMustLeadToAPublicAddress(string host, string address, bool expected) =>
        Assert.Equal(expected, PublicConnection.IsAllowed(host, IPAddress.Parse(address)));

    [Theory]
    [InlineData("", false)]
    [InlineData("short", false)]
    [InlineData("whsec_not base64 at all!!!!", false)]
    [InlineData("whsec_!!!!!!!!!!!!!!!!!!!!!!", false)]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", true)]
    [InlineData("0123456789012345678901234", true)]
    [InlineData(null, false)]
    public void Validate_WebhooksAndSecret_MustBelongTogether(string? secret, bool isValid)
    {
        var errors = new JobsOptions { Webhooks = ["https://h"], WebhookSecret = secret }.Validate(null!).ToList();
        Assert.Equal(isValid, errors.Count == 0);
        Assert.All(errors, error => Assert.DoesNotContain(secret is { Length: > 5 } ? secret : "\0", error.ErrorMessage, StringComparison.Ordinal));
    }
}
