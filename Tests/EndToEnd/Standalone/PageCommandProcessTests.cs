using Fleet.Standalone.CommandLine;
using Fleet.Tests.Processes;

namespace Fleet.Tests.Standalone;

/// <summary><c>fleet render</c>, <c>screenshot</c> and <c>pdf</c> as scripts run them: standard output, signals and exit codes of a process.</summary>
public sealed class PageCommandProcessTests(TestSite site) : IClassFixture<TestSite>
{
    private const string Home = "<!DOCTYPE html>\n<html><head><title>Home</title></head><body><div id=\"app\">sum 2</div>"
        + "<script>document.getElementById('app').textContent = 'sum ' + (1 + 1)</script></body></html>";

    [Fact]
    public async Task Render_Page_IsItsHtmlOnStandardOutputAndNothingElse()
    {
        await using var fleet = FleetProgram.Start("render", site["/"].AbsoluteUri);

        Assert.Equal(ExitCodes.Success, await fleet.EndAsync());
        Assert.Equal(Home, fleet.Output);
        Assert.Empty(fleet.Errors);
    }

    [Fact]
    public async Task Render_StatusThatIsToFail_WritesThePageAndTheReasonAndExitsWithOne()
    {
        await using var fleet = FleetProgram.Start("render", site["/missing"].AbsoluteUri, "--fail-on-status");

        Assert.Equal(ExitCodes.Failure, await fleet.EndAsync());
        Assert.Contains("<h1>not here</h1>", fleet.Output, StringComparison.Ordinal);
        Assert.Equal($"error: {site["/missing"]} answered with status 404.{Environment.NewLine}", fleet.Errors);
    }

    [Fact]
    public async Task Render_NoBrowser_SaysHowToGetOne()
    {
        await using var fleet = FleetProgram.Start("render", site["/"].AbsoluteUri, "--set", "Browser:ExecutablePath=/no/such/chromium");

        Assert.Equal(ExitCodes.Failure, await fleet.EndAsync());
        Assert.StartsWith("fleet: Browser:ExecutablePath is '/no/such/chromium', and there is no such file.", fleet.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_Terminated_EndsAtOnceAndLeavesNothing()
    {
        await using var fleet = FleetProgram.Start("render", site["/loop"].AbsoluteUri, "--timeout", "60");
        await Eventually.TrueAsync(() => fleet.Descendants().Any(id => ProcessTree.CommandLine(id).Contains("--headless", StringComparison.Ordinal)),
            TimeSpan.FromMinutes(1), () => $"a browser\n{fleet}");
        var descendants = fleet.Descendants();

        fleet.Signal(Signals.Terminate);

        Assert.Equal(ExitCodes.Failure, await fleet.EndAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains("error: stopped before the page was rendered.", fleet.Errors, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => descendants.All(id => ProcessTree.CommandLine(id).Length == 0), TimeSpan.FromSeconds(10), () => "no browser left");
    }
}
