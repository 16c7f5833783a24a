using System.Diagnostics;
using Fleet.PrerenderServer.Browser.Processes;
using Fleet.ServiceDefaults;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.Browser;

/// <summary>Profile folders of browsers: their owner, and that those of a killed server are removed.</summary>
public sealed class ProfileFoldersTests : BrowserProcessTestBase
{
    [Fact]
    public async Task Launch_AfterAServerWasKilled_RemovesWhatItLeft()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Processes are found through /proc.");
        var abandoned = Path.Combine(Root, "fleet-browsers", "abandoned");
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
        using var profiles = new ProfileFolders(Root, NullLogger.Instance);
        foreach (var name in (string[])["abandoned-a", "abandoned-b"])
        {
            Directory.CreateDirectory(Path.Combine(profiles.Root, name, "generation-1"));
            await File.WriteAllTextAsync(Path.Combine(profiles.Root, name, "lock"), "", Token);
        }

        using var orphan = await StartOrphanAsync(Path.Combine(profiles.Root, "abandoned-a", "generation-1"));
        // With a timeout of zero, a killed process outlives it.
        await profiles.ReapAsync(TimeSpan.FromTicks(-1), TimeProvider.System, Token);
        Assert.True(Directory.Exists(Path.Combine(profiles.Root, "abandoned-a")));
        Assert.False(Directory.Exists(Path.Combine(profiles.Root, "abandoned-b")));
        await profiles.ReapAsync(TimeSpan.FromSeconds(5), TimeProvider.System, Token);
        Assert.False(Directory.Exists(Path.Combine(profiles.Root, "abandoned-a")));
        await orphan.WaitForExitAsync(Token).WaitAsync(TimeSpan.FromSeconds(5), Token);
    }

    [Fact]
    public async Task Launch_Folders_AreOnlyForTheUserOfTheServer()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Modes are those of Unix.");
        var root = Path.Combine(Root, "fleet-browsers");
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
        var root = Path.Combine(Root, "fleet-browsers");
        Directory.CreateDirectory(root);
        using (var chown = Process.Start("chown", ["65534", root]))
        {
            chown.WaitForExit();
        }

        var error = Assert.Throws<StartException>(() => new ProfileFolders(Root, NullLogger.Instance));
        Assert.Contains("belongs to another user (id 65534)", error.Message, StringComparison.Ordinal);
        Assert.Contains("Browser:ProfileRoot", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_WithoutASetting_AreOfTheUserInTheTemporaryFolder()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Each user has a temporary folder there.");
        using var id = Process.Start(new ProcessStartInfo("id", ["-u"]) { RedirectStandardOutput = true })!;
        var user = id.StandardOutput.ReadToEnd().Trim();
        using var folders = new ProfileFolders(root: null, NullLogger.Instance);

        Assert.Equal(Path.Combine(Path.GetTempPath(), $"fleet-browsers-{user}"), folders.Root);
    }

    [Fact]
    public void Folders_ThatAreALink_AreRefused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights there.");
        var elsewhere = Directory.CreateDirectory(Path.Combine(Root, "elsewhere")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(Root, "fleet-browsers"), elsewhere);
        Assert.Contains("is a link", Assert.Throws<StartException>(() => new ProfileFolders(Root, NullLogger.Instance)).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(elsewhere));
    }

    /// <summary>A process in a group of its own that names the profile and runs until it is killed: its input is never written.</summary>
    private static async Task<Process> StartOrphanAsync(string profile)
    {
        var orphan = Process.Start(new ProcessStartInfo("setsid", ["/bin/sh", "-c", "read line", ChromiumArguments.ProfileSwitch(profile)]) { RedirectStandardInput = true })!;
        await Eventually.Async(() => OperatingSystem.IsLinux() && LinuxProcess.Read(orphan.Id)?.Group == orphan.Id, "the orphan has a group of its own");
        return orphan;
    }
}
