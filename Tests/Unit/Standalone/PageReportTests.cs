using Fleet.Contracts;
using Fleet.ServiceDefaults;
using Fleet.Standalone.CommandLine;
using Fleet.Standalone.Rendering;

namespace Fleet.Tests.Standalone;

public sealed class PageReportTests
{
    private const string Url = "http://app.example/";
    private static readonly byte[] s_content = "<h1>page</h1>"u8.ToArray();
    private static readonly OriginAllowList s_allowed = new(["http://app.example"]);

    [Fact]
    public void Of_RenderedPage_IsWrittenWithoutAWord()
    {
        var report = Of(new() { Content = s_content, Outcome = RenderOutcome.Rendered, Status = 200 });

        Assert.Equal(ExitCodes.Success, report.ExitCode);
        Assert.Equal(s_content, report.Content.ToArray());
        Assert.Empty(report.Lines);
    }

    [Theory]
    [InlineData(false, ExitCodes.Success, "warning: http://app.example/ answered with status 404.")]
    [InlineData(true, ExitCodes.Failure, "error: http://app.example/ answered with status 404.")]
    public void Of_PageWithAStatusOfItsOwn_IsWrittenAndTheStatusIsReported(bool failOnStatus, int exitCode, string line)
    {
        var report = Of(new() { Content = s_content, Outcome = RenderOutcome.Failed, Status = 404 }, failOnStatus);

        Assert.Equal(exitCode, report.ExitCode);
        Assert.Equal(s_content, report.Content.ToArray());
        Assert.Equal([line], report.Lines);
    }

    [Theory]
    [InlineData(RenderOutcome.TimedOut, "error: http://app.example/ timed out: why")]
    [InlineData(RenderOutcome.Failed, "error: http://app.example/ failed: why")]
    [InlineData(RenderOutcome.NoVerdict, "error: http://app.example/ could not be loaded: why")]
    [InlineData(RenderOutcome.Unauthorized, "error: http://app.example/ requires credentials: why")]
    [InlineData(RenderOutcome.NotAPage, "error: http://app.example/ is not a page: why")]
    [InlineData(RenderOutcome.Unusable, "error: http://app.example/ is not a page that can be rendered: why")]
    public void Of_OutcomeWithoutAPage_FailsAndReportsThePagesMessage(RenderOutcome outcome, string line)
    {
        var report = Of(new()
        {
            // Formats that were finished by the deadline are not a complete page.
            Content = s_content,
            Outcome = outcome,
            Diagnostics = new() { Message = "why", Console = ["oh no"], FailedRequests = ["GET http://app.example/api: 500"], Stack = "at f (app.js:1:2)" },
        });

        Assert.Equal(ExitCodes.Failure, report.ExitCode);
        Assert.True(report.Content.IsEmpty);
        Assert.Equal([line, "  console: oh no", "  request: GET http://app.example/api: 500", "  stack: at f (app.js:1:2)"], report.Lines);
    }

    [Fact]
    public void Of_MessageThatBeginsWithTheUrl_NamesItOnce()
    {
        var report = Of(new() { Outcome = RenderOutcome.NoVerdict, Diagnostics = new() { Message = "http://app.example/ could not be loaded: ERR_CONNECTION_REFUSED." } });

        Assert.Equal(["error: http://app.example/ could not be loaded: ERR_CONNECTION_REFUSED."], report.Lines);
    }

    [Fact]
    public void Of_RefusedByTheManager_ReportsItsReason()
    {
        var report = Of(new() { Problem = "The queue is full." });

        Assert.Equal(ExitCodes.Failure, report.ExitCode);
        Assert.Equal(["error: http://app.example/ was not rendered: The queue is full."], report.Lines);
    }

    [Fact]
    public void Of_RedirectInACircle_NamesBothAddresses()
    {
        var report = PageReport.Of("http://app.example/b", new() { Outcome = RenderOutcome.Rendered, Status = 302, RedirectUrl = "http://app.example/a" }, new(["http://app.example"]), false, isCircle: true);

        Assert.Equal(ExitCodes.Failure, report.ExitCode);
        Assert.Equal(["error: http://app.example/b redirects to http://app.example/a (302), which leads back to it."], report.Lines);
    }

    [Theory]
    [InlineData("http://app.example/login", "error: http://app.example/ redirects to http://app.example/login (302).")]
    [InlineData("https://app.example/", "error: http://app.example/ redirects to https://app.example/ (302), which is not an allowed origin: render that address instead.")]
    public void Of_Redirect_NamesItsTarget(string target, string line)
    {
        var report = Of(new() { Outcome = RenderOutcome.Rendered, Status = 302, RedirectUrl = target });

        Assert.Equal(ExitCodes.Failure, report.ExitCode);
        Assert.Equal([line], report.Lines);
    }

    [Fact]
    public void Of_RequestsToOtherOrigins_NamesTheOptionsThatOpenThem()
    {
        var report = Of(new()
        {
            Content = s_content,
            Outcome = RenderOutcome.Rendered,
            Status = 200,
            Diagnostics = new()
            {
                FailedRequests =
                [
                    "GET https://cdn.example/a.css: net::ERR_NAME_NOT_RESOLVED", "GET https://cdn.example/b.css: net::ERR_NAME_NOT_RESOLVED",
                    "GET http://app.example/missing.png: 404", "GET http://127.0.0.1:9/x: net::ERR_NAME_NOT_RESOLVED",
                ],
            },
        });

        Assert.Equal(ExitCodes.Success, report.ExitCode);
        Assert.Equal(["warning: the page requested other origins, which are not allowed; allow them with --origin http://127.0.0.1:9 --origin https://cdn.example."], report.Lines);
    }

    [Fact]
    public void Of_PageThatNeverRests_IsWrittenWithAWarning()
    {
        var report = Of(new() { Content = s_content, Outcome = RenderOutcome.Rendered, Status = 200, Diagnostics = new() { Stability = "capped" } });

        Assert.Equal(ExitCodes.Success, report.ExitCode);
        Assert.Equal(["warning: http://app.example/ did not settle and was captured as it was."], report.Lines);
    }

    [Fact]
    public void Of_WholeResultOfAFailure_IsWrittenAndFails()
    {
        var report = Of(new() { Content = s_content, IsResult = true, Outcome = RenderOutcome.TimedOut });

        Assert.Equal(ExitCodes.Failure, report.ExitCode);
        Assert.Equal(s_content, report.Content.ToArray());
    }

    private static PageReport Of(ManagerAnswer answer, bool failOnStatus = false) => PageReport.Of(Url, answer, s_allowed, failOnStatus);
}
