using Fleet.Tests.InMemory;
using Fleet.ServiceDefaults;
using Fleet.Tests.Browser;
using Fleet.Tests.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.Rendering;

/// <summary>A prerender server whose browser settings are wrong gives up with one sentence, instead of trying for ever.</summary>
public sealed class BrowserStartTests
{
    [Fact]
    public async Task Run_ExecutableIsNoBrowser_EndsWithOneSentenceThatNamesSettingValueAndRemedy()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It starts /bin/ls.");

        var (exitCode, output) = await ServiceRun.ToEndAsync(
            "Fleet.PrerenderServer", "a-key-that-is-long-enough-for-the-fleet",
            "--urls=http://127.0.0.1:0", "--services:realm:http:0=http://127.0.0.1:9",
            "--ConnectionStrings:redis=127.0.0.1:9", "--Browser:ExecutablePath=/bin/ls");

        Assert.True(exitCode == FleetHost.CannotStart, $"Exit code {exitCode}. It wrote:\n{output}");
        var sentence = Assert.Single(output.Split('\n'), line => line.StartsWith("prerender cannot start: ", StringComparison.Ordinal));
        Assert.Contains("Browser:ExecutablePath is '/bin/ls'", sentence, StringComparison.Ordinal);
        Assert.Contains("Set Browser:ExecutablePath to a chromium-headless-shell", sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_ProfileRootThatCannotBeWritten_IsOneSentenceThatNamesTheSetting()
    {
        await using var site = await TestSite.StartAsync();
        var registry = new InMemoryRegistry(TimeProvider.System, NullLoggerFactory.Instance);
        var file = Path.GetTempFileName();
        try
        {
            var error = Assert.ThrowsAny<Exception>(() => ServerFixture.Start(registry, site, $"--Browser:ProfileRoot={file}"));

            Assert.Contains($"Browser:ProfileRoot is '{file}'", FleetHost.Explain(error), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
