using System.Buffers.Binary;
using System.Text.Json;
using Fleet.Standalone.CommandLine;
using Fleet.Tests.Processes;

namespace Fleet.Tests.Standalone;

/// <summary><c>fleet render</c>, <c>screenshot</c> and <c>pdf</c> as scripts run them.</summary>
public sealed class PageCommandTests(TestSite site) : IClassFixture<TestSite>, IDisposable
{
    private const string Home = "<!DOCTYPE html>\n<html><head><title>Home</title></head><body><div id=\"app\">sum 2</div>"
        + "<script>document.getElementById('app').textContent = 'sum ' + (1 + 1)</script></body></html>";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleet-pages-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Render_Page_IsItsHtmlOnStandardOutputAndNothingElse()
    {
        await using var fleet = FleetProgram.Start("render", site["/"].AbsoluteUri);

        Assert.Equal(ExitCodes.Success, await fleet.EndAsync());
        Assert.Equal(Home, fleet.Output);
        Assert.Empty(fleet.Errors);
    }

    [Fact]
    public async Task Render_ToAFile_WritesItAndLeavesNothingBeside()
    {
        var file = Path.Combine(_folder.FullName, "home.html");
        await using var fleet = FleetProgram.Start("render", site["/old"].AbsoluteUri, "-o", file);

        Assert.Equal(ExitCodes.Success, await fleet.EndAsync());
        Assert.Equal(Home, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Empty(fleet.Output);
        Assert.Equal([file], Directory.GetFiles(_folder.FullName));
    }

    [Theory]
    [InlineData("/missing", false, ExitCodes.Success, "warning: {0} answered with status 404.")]
    [InlineData("/missing", true, ExitCodes.Failure, "error: {0} answered with status 404.")]
    [InlineData("/cdn", false, ExitCodes.Success, "warning: the page requested other origins, which are not allowed; allow them with --origin http://cdn.example.")]
    public async Task Render_PageWithDiagnostics_IsWrittenAndTheyGoToStandardError(string path, bool failOnStatus, int exitCode, string line)
    {
        await using var fleet = FleetProgram.Start(["render", site[path].AbsoluteUri, .. failOnStatus ? ["--fail-on-status"] : (string[])[]]);

        Assert.Equal(exitCode, await fleet.EndAsync());
        Assert.StartsWith("<!DOCTYPE html>", fleet.Output, StringComparison.Ordinal);
        Assert.Equal(string.Format(System.Globalization.CultureInfo.InvariantCulture, line, site[path]) + Environment.NewLine, fleet.Errors);
    }

    [Fact]
    public async Task Render_PageThatNeverEnds_SaysWhatItWasDoing()
    {
        await using var fleet = FleetProgram.Start("render", site["/loop"].AbsoluteUri, "--timeout", "5");

        Assert.Equal(ExitCodes.Failure, await fleet.EndAsync());
        Assert.Empty(fleet.Output);
        Assert.StartsWith($"error: {site["/loop"]} timed out: ", fleet.Errors, StringComparison.Ordinal);
        Assert.Contains("  console: about to loop", fleet.Errors, StringComparison.Ordinal);
        Assert.Contains("spin", fleet.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_NothingListens_ReportsTheRefusedConnection()
    {
        var address = FreePort.TakeAddress();
        await using var fleet = FleetProgram.Start("render", address.AbsoluteUri);

        Assert.Equal(ExitCodes.Failure, await fleet.EndAsync());
        Assert.StartsWith($"error: {address} could not be loaded: ", fleet.Errors, StringComparison.Ordinal);
        Assert.Contains("ERR_CONNECTION_REFUSED", fleet.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_AsJson_IsTheWholeResult()
    {
        await using var fleet = FleetProgram.Start("render", site["/missing"].AbsoluteUri, "--format", "json");

        Assert.Equal(ExitCodes.Success, await fleet.EndAsync());
        using var result = JsonDocument.Parse(fleet.Output);
        Assert.Equal(404, result.RootElement.GetProperty("status").GetInt32());
        Assert.Contains("not here", result.RootElement.GetProperty("formats").GetProperty("html").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("markdown", "# For **beta** and a=b\n\nde-DE 500\n")]
    [InlineData("text", "For beta and a=b\n\nde-DE 500\n")]
    public async Task Render_PageOptionsAndFormat_AreThoseOfThePage(string format, string expected)
    {
        await using var fleet = FleetProgram.Start(
            "render", site["/asked"].AbsoluteUri, "--format", format, "--header", "X-Feature: beta", "--cookie", "a=b", "--locale", "de-DE", "--width", "500", "--wait-for-function", "() => document.querySelector('#late')");

        Assert.True(await fleet.EndAsync() == ExitCodes.Success, fleet.ToString());
        Assert.Equal(expected, fleet.Output);
    }

    [Fact]
    public async Task Render_WaitThatIsNotMet_SaysWhich()
    {
        await using var fleet = FleetProgram.Start("render", site["/"].AbsoluteUri, "--wait-for-selector", "#never", "--max-wait-ms", "300");

        Assert.Equal(ExitCodes.Failure, await fleet.EndAsync());
        Assert.Empty(fleet.Output);
        Assert.Contains("'waitForSelector' '#never' was not met within 0.3 s.", fleet.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_NoBrowser_SaysHowToGetOne()
    {
        await using var fleet = FleetProgram.Start("render", site["/"].AbsoluteUri, "--set", "Browser:ExecutablePath=/no/such/chromium");

        Assert.Equal(ExitCodes.Failure, await fleet.EndAsync());
        Assert.StartsWith("fleet: Browser:ExecutablePath is '/no/such/chromium', and there is no such file.", fleet.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_SettingOutOfBounds_IsAUsageError()
    {
        await using var fleet = FleetProgram.Start("render", site["/"].AbsoluteUri, "--set", "Pool:Slots=0", "--set", "Pool:Slotz=1");

        Assert.Equal(ExitCodes.Usage, await fleet.EndAsync());
        Assert.Contains("Slotz", fleet.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", fleet.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("page.png", 640, 480, "--width", "640", "--height", "480")]
    [InlineData("whole.png", 640, 3020, "--width", "640", "--full-page")]
    [InlineData("mark.png", 100, 40, "--selector", "#mark", "--scale", "2")]
    public async Task Screenshot_Options_GiveAScreenshotOfThatSize(string name, int width, int height, params string[] options)
    {
        var file = Path.Combine(_folder.FullName, name);
        await using var fleet = FleetProgram.Start(["screenshot", site["/tall"].AbsoluteUri, "-o", file, .. options]);

        Assert.True(await fleet.EndAsync() == ExitCodes.Success, fleet.ToString());
        var png = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        Assert.Equal((width, height), (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20))));
    }

    [Fact]
    public async Task Screenshot_NothingMatches_FailsWithoutAFile()
    {
        var file = Path.Combine(_folder.FullName, "none.png");
        await using var fleet = FleetProgram.Start("screenshot", site["/"].AbsoluteUri, "-o", file, "--selector", "#none");

        Assert.Equal(ExitCodes.Failure, await fleet.EndAsync());
        Assert.StartsWith($"error: {site["/"]} failed: ", fleet.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task Pdf_Page_IsAPdf()
    {
        var file = Path.Combine(_folder.FullName, "page.pdf");
        await using var fleet = FleetProgram.Start("pdf", site["/"].AbsoluteUri, "-o", file);

        Assert.True(await fleet.EndAsync() == ExitCodes.Success, fleet.ToString());
        Assert.Equal("%PDF-"u8.ToArray(), (await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken))[..5]);
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
