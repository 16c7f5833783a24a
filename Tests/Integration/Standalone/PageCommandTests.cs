using System.Buffers.Binary;
using System.CommandLine;
using System.Text.Json;
using Fleet.Standalone.CommandLine;

namespace Fleet.Tests.Standalone;

/// <summary><c>fleet render</c>, <c>screenshot</c> and <c>pdf</c> in the process of the test. What only a process has, <c>PageCommandProcessTests</c> tests.</summary>
public sealed class PageCommandTests(TestSite site) : IClassFixture<TestSite>, IDisposable
{
    private const string Home = "<!DOCTYPE html>\n<html><head><title>Home</title></head><body><div id=\"app\">sum 2</div>"
        + "<script>document.getElementById('app').textContent = 'sum ' + (1 + 1)</script></body></html>";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleet-pages-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Render_ToAFile_WritesItAndLeavesNothingBeside()
    {
        var run = await RunAsync("render", site["/old"]);

        Assert.Equal((ExitCodes.Success, Home), (run.ExitCode, run.Content));
        Assert.Equal([run.File], Directory.GetFiles(_folder.FullName));
    }

    [Fact]
    public async Task Render_PageThatNeverEnds_SaysWhatItWasDoing()
    {
        var run = await RunAsync("render", site["/loop"], "--timeout", "5");

        Assert.Equal(ExitCodes.Failure, run.ExitCode);
        Assert.Null(run.Content);
        Assert.StartsWith($"error: {site["/loop"]} timed out: ", run.Errors, StringComparison.Ordinal);
        Assert.Contains("  console: about to loop", run.Errors, StringComparison.Ordinal);
        Assert.Contains("spin", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_NothingListens_ReportsTheRefusedConnection()
    {
        var address = FreePort.TakeAddress();
        var run = await RunAsync("render", address);

        Assert.Equal(ExitCodes.Failure, run.ExitCode);
        Assert.StartsWith($"error: {address} could not be loaded: ", run.Errors, StringComparison.Ordinal);
        Assert.Contains("ERR_CONNECTION_REFUSED", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_AsJson_IsTheWholeResult()
    {
        var run = await RunAsync("render", site["/missing"], "--format", "json");

        Assert.Equal(ExitCodes.Success, run.ExitCode);
        using var result = JsonDocument.Parse(run.Content!);
        Assert.Equal(404, result.RootElement.GetProperty("status").GetInt32());
        Assert.Contains("not here", result.RootElement.GetProperty("formats").GetProperty("html").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("markdown", "# For **beta** and a=b\n\nde-DE 500\n")]
    [InlineData("text", "For beta and a=b\n\nde-DE 500\n")]
    public async Task Render_PageOptionsAndFormat_AreThoseOfThePage(string format, string expected)
    {
        var run = await RunAsync("render", site["/asked"], "--format", format, "--header", "X-Feature: beta", "--cookie", "a=b", "--locale", "de-DE", "--width", "500", "--wait-for-function", "() => document.querySelector('#late')");

        Assert.True(run.ExitCode == ExitCodes.Success, run.ToString());
        Assert.Equal(expected, run.Content);
    }

    [Fact]
    public async Task Render_WaitThatIsNotMet_SaysWhich()
    {
        var run = await RunAsync("render", site["/"], "--wait-for-selector", "#never", "--max-wait-ms", "300");

        Assert.Equal(ExitCodes.Failure, run.ExitCode);
        Assert.Null(run.Content);
        Assert.Contains("'waitForSelector' '#never' was not met within 0.3 s.", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_SettingOutOfBounds_IsAUsageError()
    {
        var run = await RunAsync("render", site["/"], "--set", "Pool:Slots=0", "--set", "Pool:Slotz=1");

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains("Slotz", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(640, 480, "--width", "640", "--height", "480")]
    [InlineData(640, 3020, "--width", "640", "--full-page")]
    [InlineData(100, 40, "--selector", "#mark", "--scale", "2")]
    public async Task Screenshot_Options_GiveAScreenshotOfThatSize(int width, int height, params string[] options)
    {
        var run = await RunAsync("screenshot", site["/tall"], options);

        Assert.True(run.ExitCode == ExitCodes.Success, run.ToString());
        var png = await File.ReadAllBytesAsync(run.File, TestContext.Current.CancellationToken);
        Assert.Equal((width, height), (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20))));
    }

    [Fact]
    public async Task Screenshot_NothingMatches_FailsWithoutAFile()
    {
        var run = await RunAsync("screenshot", site["/"], "--selector", "#none");

        Assert.Equal(ExitCodes.Failure, run.ExitCode);
        Assert.StartsWith($"error: {site["/"]} failed: ", run.Errors, StringComparison.Ordinal);
        Assert.Null(run.Content);
    }

    [Fact]
    public async Task Pdf_Page_IsAPdf()
    {
        var run = await RunAsync("pdf", site["/"]);

        Assert.True(run.ExitCode == ExitCodes.Success, run.ToString());
        Assert.Equal("%PDF-"u8.ToArray(), (await File.ReadAllBytesAsync(run.File, TestContext.Current.CancellationToken))[..5]);
    }

    [Theory]
    [InlineData("/missing", false, ExitCodes.Success, "warning: {0} answered with status 404.")]
    [InlineData("/missing", true, ExitCodes.Failure, "error: {0} answered with status 404.")]
    [InlineData("/cdn", false, ExitCodes.Success, "warning: the page requested other origins, which are not allowed; allow them with --origin http://cdn.example.")]
    public async Task Render_PageWithDiagnostics_IsWrittenAndTheyGoToStandardError(string path, bool failOnStatus, int exitCode, string line)
    {
        var run = await RunAsync("render", site[path], failOnStatus ? ["--fail-on-status"] : (string[])[]);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.StartsWith("<!DOCTYPE html>", run.Content, StringComparison.Ordinal);
        Assert.Equal(string.Format(System.Globalization.CultureInfo.InvariantCulture, line, site[path]) + Environment.NewLine, run.Errors);
    }

    /// <summary>Runs a command that writes to a file.</summary>
    private async Task<CommandRun> RunAsync(string command, Uri url, params string[] options)
    {
        var file = Path.Combine(_folder.FullName, "page");
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var exitCode = await FleetCommandLine.RunAsync(
            [command, url.AbsoluteUri, "-o", file, .. options], new InvocationConfiguration { Output = output, Error = errors }, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Empty(output.ToString());
        return new(exitCode, file, File.Exists(file) ? await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken) : null, errors.ToString());
    }

    /// <summary>What a command did.</summary>
    /// <param name="ExitCode">Its exit code.</param>
    /// <param name="File">The file that it was to write.</param>
    /// <param name="Content">The content of that file; null when there is none.</param>
    /// <param name="Errors">What it wrote to standard error.</param>
    private sealed record CommandRun(int ExitCode, string File, string? Content, string Errors);
}
