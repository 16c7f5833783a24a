using Fleet.PrerenderServer.Browser;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Processes;

namespace Fleet.Tests.Browser;

/// <summary>How browser processes end, and that no process or folder is left.</summary>
public sealed class BrowserLifetimeTests : BrowserProcessTestBase
{
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
        Assert.Empty(Losses);
    }

    [Fact]
    public async Task Browser_KilledFromOutside_IsReportedLostAndItsRemainsAreRemoved()
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
    public async Task Launch_FailsAndItsKillFails_TheProcessIsTrackedUntilItIsGone()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Processes are found through /proc.");
        var options = await MuteBrowserAsync();
        await using var adapter = BrowserFixture.NewAdapter(Site, options);
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
        await using var adapter = BrowserFixture.NewAdapter(Site, options);
        await FailToLaunchAsync(adapter);

        options.CallTimeout = TimeSpan.FromSeconds(5);
        await adapter.DisposeAsync();

        Assert.Empty(Leftovers());
    }

    /// <summary>Options of a process that names its profile, as a browser does, never answers, and cannot be killed in time: with a timeout of zero, a
    /// killed process outlives it.</summary>
    private async Task<BrowserOptions> MuteBrowserAsync()
    {
        var mute = await ScriptAsync("while :; do sleep 1; done", isExecutable: true);
        var options = BrowserFixture.Options;
        (options.ProfileRoot, options.ExecutablePath, options.LaunchTimeout, options.CallTimeout) = (Root, mute, TimeSpan.FromMinutes(2), TimeSpan.FromTicks(-1));
        return options;
    }

    /// <summary>Launches a browser that never answers, and cancels the launch once its process exists.</summary>
    private async Task FailToLaunchAsync(ChromiumBrowserAdapter adapter)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var launch = adapter.LaunchAsync(1, giveUp.Token);
        await Eventually.Async(() => Leftovers().Count > 0, "the browser's process is there", deadline: TimeSpan.FromMinutes(1));
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => launch);
    }
}
