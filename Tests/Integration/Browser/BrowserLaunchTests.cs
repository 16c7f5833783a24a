using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Processes;

namespace Fleet.Tests.Browser;

/// <summary>The start of a browser, and the errors when it does not start.</summary>
public sealed class BrowserLaunchTests : BrowserProcessTestBase
{
    [Fact]
    public async Task Launch_Browser_ListensOnNoPort()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Sockets are found through /proc.");
        await using var adapter = NewAdapter();
        await adapter.LaunchAsync(1, Token);
        await adapter.CreateAsync(1, 1, Token);
        var group = Browser().Group;
        Assert.NotEqual(LinuxProcess.Read(Environment.ProcessId)?.Group, group);
        var sockets = LinuxProcess.All().Where(p => p.Group == group).SelectMany(p => Directory.EnumerateFiles($"/proc/{p.Id}/fd")).Select(fd => File.ResolveLinkTarget(fd, false)?.Name ?? "").ToHashSet();
        Assert.Contains(sockets, name => name.StartsWith("socket:", StringComparison.Ordinal));
        var listening = new[] { "/proc/net/tcp", "/proc/net/tcp6" }.SelectMany(File.ReadLines).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields[3] == "0A").Select(fields => $"socket:[{fields[9]}]").ToList();
        Assert.NotEmpty(listening); // The test site, at least.
        Assert.Empty(listening.Intersect(sockets));
    }

    [Fact]
    public async Task Launch_SecretsInTheEnvironmentOfTheServer_AreNotInThatOfTheBrowser()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The environment is read through /proc.");
        const string name = "ConnectionStrings__planted";
        Environment.SetEnvironmentVariable(name, "password=very-secret");
        try
        {
            await using var adapter = NewAdapter();
            await adapter.LaunchAsync(1, Token);
            await adapter.CreateAsync(1, 1, Token);
            var group = Browser().Group;
            var processes = LinuxProcess.All().Where(p => p.Group == group).ToList();
            Assert.True(processes.Count > 2, $"Expected a browser with its children. Seen: {processes.Count} processes.");
            foreach (var process in processes)
            {
                Assert.DoesNotContain("very-secret", await EnvironmentOfAsync(process.Id), StringComparison.Ordinal);
            }

            var names = (await EnvironmentOfAsync(Browser().Id)).Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(variable => variable.Split('=')[0]);
            Assert.Empty(names.Except(BrowserEnvironment.Of(names.ToDictionary(variable => variable, _ => "")).Keys));
        }
        finally
        {
            Environment.SetEnvironmentVariable(name, null);
        }

        static async Task<string> EnvironmentOfAsync(int process)
        {
            try
            {
                return await File.ReadAllTextAsync($"/proc/{process}/environ", Token);
            }
            catch (IOException)
            {
                return ""; // It has ended.
            }
        }
    }

    [Fact]
    public async Task Launch_NoBrowserBehindThePath_SaysSoAndLeavesNothing()
    {
        await using var adapter = NewAdapter("/bin/false");
        var error = await Assert.ThrowsAsync<BrowserException>(() => adapter.LaunchAsync(1, Token));
        Assert.Contains("'/bin/false', which did not start", error.Message, StringComparison.Ordinal);
        Assert.Contains("Browser:ExecutablePath", error.Message, StringComparison.Ordinal);
        Assert.Equal(error.Message, adapter.LastFailure);
        Assert.Single(Directory.GetFileSystemEntries(adapter.ProfileFolder));
    }

    [Theory]
    [InlineData("echo 'first, of the wrapper' >&2; echo '[1:1:FATAL:zygote.cc(9)] No usable sandbox!' >&2; exit 3", "it exited with code 3: [1:1:FATAL:zygote.cc(9)] No usable sandbox!.")]
    [InlineData("kill -9 $$", "it exited with code 137.")]
    [InlineData("while [ $((i+=1)) -le 20000 ]; do echo 'a line of many' >&2; done; exit 1", "it exited with code 1: a line of many.")]
    [InlineData("exec 3<&- 4>&- 2>&-; while :; do sleep 1; done", "it closed its debugging pipe.")]
    [InlineData(null, "it cannot be executed: Permission denied.")]
    public async Task Launch_BrowserThatFails_SaysHow(string? script, string expected)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It runs scripts.");
        var browser = await ScriptAsync(script ?? "exit 0", isExecutable: script is not null);
        await using var adapter = NewAdapter(browser);
        var error = await Assert.ThrowsAsync<BrowserException>(() => adapter.LaunchAsync(1, Token));
        Assert.Contains($"'{browser}', which did not start: {expected}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Leftovers(), line => line.Contains(adapter.ProfileFolder, StringComparison.Ordinal));
        Assert.Single(Directory.GetFileSystemEntries(adapter.ProfileFolder));
    }

    [Fact]
    public async Task Create_HostAway_SaysWhatItAnswered()
    {
        Site.ShellStatus = 502;
        await using var adapter = NewAdapter();
        await adapter.LaunchAsync(1, Token);
        var error = await Assert.ThrowsAsync<BrowserException>(() => adapter.CreateAsync(1, 1, Token));
        Assert.Contains("/_standby answered 502", error.Message, StringComparison.Ordinal);
        // A partly created slot can be closed, and a closed one can be closed again.
        await adapter.CloseAsync(1, Token);
        await adapter.CloseAsync(1, Token);
        await adapter.KillAsync(7, Token);
    }
}
