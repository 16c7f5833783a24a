using System.Diagnostics;
using Fleet.PrerenderServer.Browser;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Processes;
using Fleet.ServiceDefaults;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.Browser;

/// <summary>Browser processes of their own: how they end, and that nothing of them is left.</summary>
public sealed class BrowserLifetimeTests : IAsyncLifetime
{
    private readonly string _root = Path.Combine(Path.GetTempPath(), $"fleet-test-{Guid.NewGuid():N}");
    private readonly List<BrowserLoss> _losses = [];
    private TestSite _site = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_root);
        _site = await TestSite.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task Dispose_TwoGenerations_LeavesNoProcessAndNoFolder()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Processes are counted through /proc.");
        await using var adapter = NewAdapter();
        await Task.WhenAll(adapter.LaunchAsync(1, Token), adapter.LaunchAsync(2, Token));
        await adapter.CreateAsync(1, 1, Token);
        var folder = adapter.ProfileFolder;
        Assert.NotEmpty(Leftovers());
        var memory = await adapter.MeasureAsync(1, Token);
        Assert.InRange(memory.TotalBytes, 20_000_000, 2_000_000_000);
        Assert.True(memory.SlotBytes[1] > 100_000, $"Slot 1 takes {memory.SlotBytes[1]} bytes.");

        await adapter.KillAsync(1, Token);
        Assert.Equal(2, Directory.GetFileSystemEntries(folder).Length);
        await adapter.DisposeAsync();
        Assert.Empty(Leftovers());
        Assert.False(Directory.Exists(folder), $"{folder} is left.");
        Assert.Empty(_losses);
    }

    [Fact]
    public async Task BrowserKilledFromOutside_IsALossAndItsRemainsGo()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Processes are found through /proc.");
        await using var adapter = NewAdapter();
        await adapter.LaunchAsync(1, Token);
        await adapter.CreateAsync(1, 1, Token);
        ProcessTree.Kill(Browser().Id);

        await Eventually.Async(() => Losses.Any(l => l is { Generation: 1, Slot: null }), "the loss of generation 1 is reported", () => string.Join(", ", Losses));
        await adapter.CloseAsync(1, Token);
        await adapter.KillAsync(1, Token);
        Assert.Empty(Leftovers());
    }

    [Fact]
    public async Task PipeClosed_AsWhenTheServerIsKilled_IsALossAndTheBrowserExits()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Processes are found through /proc.");
        await using var adapter = NewAdapter();
        await adapter.LaunchAsync(1, Token);
        await adapter.CreateAsync(1, 1, Token);
        await (await adapter.ContextOf(1)).Connection.DisposeAsync();

        await Eventually.Async(() => Losses.Any(l => l is { Generation: 1, Slot: null }), "the loss of generation 1 is reported", () => string.Join(", ", Losses));
        await Eventually.Async(() => Leftovers().Count == 0, "Chromium exits when the other end of its pipe is gone", () => string.Join(", ", Leftovers()));
        await adapter.KillAsync(1, Token);
    }

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
    public async Task Launch_AfterAServerWasKilled_RemovesWhatItLeft()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Processes are found through /proc.");
        var abandoned = Path.Combine(_root, "fleet-browsers", "abandoned");
        var profile = Path.Combine(abandoned, "generation-1");
        Directory.CreateDirectory(profile);
        await File.WriteAllTextAsync(Path.Combine(abandoned, "lock"), "", Token);
        using var orphan = await StartOrphanAsync(profile);
        await using var live = NewAdapter();
        await using var starting = NewAdapter();
        Assert.NotEqual(live.ProfileFolder, starting.ProfileFolder);

        await starting.LaunchAsync(1, Token);
        Assert.False(Directory.Exists(abandoned), "What the killed server left is still there.");
        Assert.True(Directory.Exists(live.ProfileFolder), "The folder of a live server was removed.");
        await orphan.WaitForExitAsync(Token).WaitAsync(TimeSpan.FromSeconds(5), Token);
    }

    [Fact]
    public async Task Reap_OrphanThatOutlivesItsKill_IsLeftAndTheNextOneIsReaped()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Processes are found through /proc.");
        using var profiles = new ProfileFolders(_root, NullLogger.Instance);
        foreach (var name in (string[])["abandoned-a", "abandoned-b"])
        {
            Directory.CreateDirectory(Path.Combine(profiles.Root, name, "generation-1"));
            await File.WriteAllTextAsync(Path.Combine(profiles.Root, name, "lock"), "", Token);
        }

        using var orphan = await StartOrphanAsync(Path.Combine(profiles.Root, "abandoned-a", "generation-1"));
        // With no time at all, whatever is killed outlives it.
        await profiles.ReapAsync(TimeSpan.FromTicks(-1), TimeProvider.System, Token);
        Assert.True(Directory.Exists(Path.Combine(profiles.Root, "abandoned-a")));
        Assert.False(Directory.Exists(Path.Combine(profiles.Root, "abandoned-b")));
        await profiles.ReapAsync(TimeSpan.FromSeconds(5), TimeProvider.System, Token);
        Assert.False(Directory.Exists(Path.Combine(profiles.Root, "abandoned-a")));
        await orphan.WaitForExitAsync(Token).WaitAsync(TimeSpan.FromSeconds(5), Token);
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
    public async Task Launch_Folders_AreOnlyForTheUserOfTheServer()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Modes are those of Unix.");
        var root = Path.Combine(_root, "fleet-browsers");
        Directory.CreateDirectory(root);
        await using var adapter = NewAdapter();
        await adapter.LaunchAsync(1, Token);
        foreach (var folder in (string[])[root, adapter.ProfileFolder, Path.Combine(adapter.ProfileFolder, "generation-1")])
        {
            Assert.Equal((folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute), (folder, OperatingSystem.IsLinux() ? File.GetUnixFileMode(folder) : default));
        }
    }

    [Fact]
    public void Folders_PreparedByAnotherUser_AreRefused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root can give a folder to another user.");
        var root = Path.Combine(_root, "fleet-browsers");
        Directory.CreateDirectory(root);
        using (var chown = Process.Start("chown", ["65534", root]))
        {
            chown.WaitForExit();
        }

        var error = Assert.Throws<StartException>(() => new ProfileFolders(_root, NullLogger.Instance));
        Assert.Contains("belongs to another user (id 65534)", error.Message, StringComparison.Ordinal);
        Assert.Contains("Browser:ProfileRoot", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_ThatAreALink_AreRefused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights there.");
        var elsewhere = Directory.CreateDirectory(Path.Combine(_root, "elsewhere")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(_root, "fleet-browsers"), elsewhere);
        Assert.Contains("is a link", Assert.Throws<StartException>(() => new ProfileFolders(_root, NullLogger.Instance)).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(elsewhere));
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
    public async Task Launch_FailsAndItsKillFails_TheProcessIsTrackedUntilItIsGone()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Processes are found through /proc.");
        var options = await MuteBrowserAsync();
        await using var adapter = BrowserFixture.NewAdapter(_site, options);
        await FailToLaunchAsync(adapter);
        Assert.NotEmpty(Leftovers());

        options.CallTimeout = TimeSpan.FromSeconds(5);
        await adapter.KillAsync(1, Token);

        Assert.Empty(Leftovers());
    }

    [Fact]
    public async Task Dispose_AfterALaunchWhoseKillFailed_EndsItsProcess()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Processes are found through /proc.");
        var options = await MuteBrowserAsync();
        await using var adapter = BrowserFixture.NewAdapter(_site, options);
        await FailToLaunchAsync(adapter);

        options.CallTimeout = TimeSpan.FromSeconds(5);
        await adapter.DisposeAsync();

        Assert.Empty(Leftovers());
    }

    [Fact]
    public async Task Create_HostAway_SaysWhatItAnswered()
    {
        _site.ShellStatus = 502;
        await using var adapter = NewAdapter();
        await adapter.LaunchAsync(1, Token);
        var error = await Assert.ThrowsAsync<BrowserException>(() => adapter.CreateAsync(1, 1, Token));
        Assert.Contains("/_standby answered 502", error.Message, StringComparison.Ordinal);
        // What was made half can be closed, and what is gone can be closed again.
        await adapter.CloseAsync(1, Token);
        await adapter.CloseAsync(1, Token);
        await adapter.KillAsync(7, Token);
    }

    /// <summary>Options of a browser that names its profile, as a browser does, and never says anything, and whose kill fails: with no time at all, whatever
    /// is killed outlives it.</summary>
    private async Task<BrowserOptions> MuteBrowserAsync()
    {
        var mute = await ScriptAsync("while :; do sleep 1; done", isExecutable: true);
        var options = BrowserFixture.Options;
        (options.ProfileRoot, options.ExecutablePath, options.LaunchTimeout, options.CallTimeout) = (_root, mute, TimeSpan.FromMinutes(2), TimeSpan.FromTicks(-1));
        return options;
    }

    private async Task<string> ScriptAsync(string script, bool isExecutable)
    {
        var path = Path.Combine(_root, "script");
        await File.WriteAllTextAsync(path, $"#!/bin/sh\n{script}\n", Token);
        if (!OperatingSystem.IsWindows() && isExecutable)
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }

    /// <summary>Launches a browser that never answers, and gives the launch up once its process is there.</summary>
    private async Task FailToLaunchAsync(ChromiumBrowserAdapter adapter)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var launch = adapter.LaunchAsync(1, giveUp.Token);
        await Eventually.Async(() => Leftovers().Count > 0, "the browser's process is there", deadline: TimeSpan.FromMinutes(1));
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => launch);
    }

    /// <summary>A process in a group of its own that names the profile and stays until somebody ends it: nobody writes what it reads.</summary>
    private static async Task<Process> StartOrphanAsync(string profile)
    {
        var orphan = Process.Start(new ProcessStartInfo("setsid", ["/bin/sh", "-c", "read line", ChromiumArguments.ProfileSwitch(profile)]) { RedirectStandardInput = true })!;
        await Eventually.Async(() => OperatingSystem.IsLinux() && LinuxProcess.Read(orphan.Id)?.Group == orphan.Id, "the orphan has a group of its own");
        return orphan;
    }

    private IReadOnlyList<BrowserLoss> Losses
    {
        get { lock (_losses) { return [.. _losses]; } }
    }

    private ChromiumBrowserAdapter NewAdapter(string? executable = null)
    {
        var options = BrowserFixture.Options;
        options.ProfileRoot = _root;
        options.ExecutablePath = executable;
        var adapter = BrowserFixture.NewAdapter(_site, options);
        adapter.OnLost = loss =>
        {
            lock (_losses)
            {
                _losses.Add(loss);
            }
        };
        return adapter;
    }

    private LinuxProcess Browser() => LinuxProcess.All().First(p => p.Arguments() is var a
        && a.Any(x => x.StartsWith($"--user-data-dir={_root}", StringComparison.Ordinal)) && !a.Any(x => x.StartsWith("--type=", StringComparison.Ordinal)));

    private List<string> Leftovers() => [.. LinuxProcess.All().Select(p => string.Join(' ', p.Arguments())).Where(a => a.Contains(_root, StringComparison.Ordinal))];
}
