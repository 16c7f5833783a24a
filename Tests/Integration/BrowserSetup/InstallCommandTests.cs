using System.Collections.Concurrent;
using Fleet.BrowserSetup;
using Fleet.ServiceDefaults;
using Fleet.Tests.RealmServer;

namespace Fleet.Tests.BrowserSetup;

public sealed class InstallCommandTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(30);
    private readonly ConcurrentQueue<string> _reported = new();

    [Fact]
    public async Task Run_Succeeds_HasNothingToComplainAbout() => Assert.Null(await RunAsync("echo fetched; exit 0", s_long));

    [Fact]
    public async Task Run_Fails_NamesCommandExitCodeAndTheErrorLine() =>
        Assert.Equal(
            "sh -c echo 'E: Unable to locate package x' >&2; echo more; exit 100 failed with exit code 100: E: Unable to locate package x",
            await RunAsync("echo 'E: Unable to locate package x' >&2; echo more; exit 100", s_long));

    [Fact]
    public async Task Run_TakesTooLong_IsEndedWithItsChildren()
    {
        var complaint = await RunAsync("sleep 600 & wait", TimeSpan.FromMilliseconds(300));

        Assert.EndsWith("took longer than 0 minutes", complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NoSuchProgram_SaysSo() =>
        Assert.Contains(
            "No such file",
            await new InstallCommand(_reported.Enqueue, TimeProvider.System).RunAsync("/no/such/program", [], s_long, TestContext.Current.CancellationToken),
            StringComparison.Ordinal);

    [Fact]
    public async Task Lock_FolderThatIsMissing_IsAnErrorAtOnceThatNamesFileAndRemedy()
    {
        var error = await Assert.ThrowsAsync<StartException>(() => SetupLock.AcquireAsync("/no/such/folder", _reported.Enqueue, TimeProvider.System, TestContext.Current.CancellationToken).WaitAsync(s_long, TestContext.Current.CancellationToken));

        Assert.Contains("/no/such/folder/fleet-setup-", error.Message, StringComparison.Ordinal);
        Assert.Contains("Set TMPDIR", error.Message, StringComparison.Ordinal);
        Assert.Empty(_reported);
    }

    [Fact]
    public async Task Lock_HeldByAnother_IsWaitedFor()
    {
        using var folder = new TempFolder();
        var first = await SetupLock.AcquireAsync(folder.Path, _reported.Enqueue, TimeProvider.System, TestContext.Current.CancellationToken);
        var second = SetupLock.AcquireAsync(folder.Path, _reported.Enqueue, TimeProvider.System, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(
            () => _reported.Contains("Waiting for another install on this machine."), s_long, () => "the second install says that it waits");
        Assert.False(second.IsCompleted);

        first.Dispose();

        (await second.WaitAsync(s_long, TestContext.Current.CancellationToken)).Dispose();
    }

    private Task<string?> RunAsync(string script, TimeSpan timeout) =>
        new InstallCommand(_reported.Enqueue, TimeProvider.System).RunAsync("/bin/sh", ["-c", script], timeout, TestContext.Current.CancellationToken);
}
