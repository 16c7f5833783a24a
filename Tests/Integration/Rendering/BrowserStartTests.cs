using Fleet.BrowserSetup;
using Fleet.Tests.InMemory;
using Fleet.ServiceDefaults;
using Fleet.Tests.Browser;
using Fleet.Tests.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.Rendering;

/// <summary>A prerender server with wrong browser settings exits with a one-sentence error, instead of retrying forever.</summary>
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
    public async Task Run_BrowserOfAnotherVersion_EndsWithOneSentenceThatNamesBothVersionsAndRemedy()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It starts a shell script.");
        var old = Path.Combine(Path.GetTempPath(), $"chromium-{Guid.NewGuid():N}");
        // Answers each message of the debugging pipe as an old browser would.
        await File.WriteAllTextAsync(old, """
            #!/bin/bash
            while read -r -d '' message <&3; do
                [[ $message =~ \"id\":([0-9]+) ]]
                printf '{"id":%s,"result":{"product":"HeadlessChrome/99.0.1.2","userAgent":"old","targetInfos":[]}}\0' "${BASH_REMATCH[1]}" >&4
            done
            """, TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(old, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        try
        {
            var (exitCode, output) = await ServiceRun.ToEndAsync(
                "Fleet.PrerenderServer", "a-key-that-is-long-enough-for-the-fleet",
                "--urls=http://127.0.0.1:0", "--services:realm:http:0=http://127.0.0.1:9",
                "--ConnectionStrings:redis=127.0.0.1:9", $"--Browser:ExecutablePath={old}", "--Browser:Versions=Tested");

            Assert.True(exitCode == FleetHost.CannotStart, $"Exit code {exitCode}. It wrote:\n{output}");
            var sentence = Assert.Single(output.Split('\n'), line => line.StartsWith("prerender cannot start: ", StringComparison.Ordinal));
            Assert.Contains($"Browser:Versions is 'Tested', and the browser '{old}' is HeadlessChrome/99.0.1.2: this version of Fleet is tested with {ChromiumVersion.Tested}", sentence, StringComparison.Ordinal);
            Assert.Contains("or set Browser:Versions=Any.", sentence, StringComparison.Ordinal);
            Assert.False(output.Contains("   at ", StringComparison.Ordinal), output);
        }
        finally
        {
            File.Delete(old);
        }
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
