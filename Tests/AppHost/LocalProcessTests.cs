using Fleet.AppHost.Local;
using Fleet.ServiceDefaults;
using Fleet.Tests.EndToEnd;

namespace Fleet.Tests.AppHost;

/// <summary>Processes of the local fleet, with shells in the part of the services.</summary>
public sealed class LocalProcessTests : IAsyncLifetime
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(20);

    private readonly OrphanGuard _guard = OrphanGuard.Start();
    private readonly RecordedOutput _output = new();
    private readonly List<LocalProcess> _processes = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        await _guard.DisposeAsync();
    }

    [Fact]
    public async Task Stop_ProcessThatListens_EndsInOrder()
    {
        var process = Start("trap 'echo drained; exit 7' TERM; echo up; while :; do sleep 0.05; done");
        await SaysAsync(process, "up");

        Assert.True(await process.StopAsync(s_long, TestContext.Current.CancellationToken));

        Assert.Equal(7, await process.Exit);
        Assert.Equal("drained", process.LastLines[^1]);
    }

    [Fact]
    public async Task Stop_ProcessThatDoesNotListen_IsKilledWhenPatienceEnds()
    {
        var process = Start("trap '' TERM; echo up; while :; do sleep 0.05; done");
        await SaysAsync(process, "up");

        Assert.False(await process.StopAsync(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken));

        Assert.Equal(128 + Signals.Kill, await process.Exit);
        Assert.Contains("shell has not stopped within 0 s; killing it.", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_FrozenProcess_ThawsItSoThatItCanEnd()
    {
        var process = Start("trap 'exit 0' TERM; echo up; while :; do sleep 0.05; done");
        await SaysAsync(process, "up");
        process.Freeze();

        Assert.True(await process.StopAsync(s_long, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task End_NobodyAsked_IsReportedWithItsExitCode()
    {
        var ended = new TaskCompletionSource<int>();
        var process = Create("read -r line; echo last words; exit 3");
        process.EndedUnasked = (_, exitCode) => ended.TrySetResult(exitCode);

        process.Start();

        Assert.Equal(3, await ended.Task.WaitAsync(s_long, TestContext.Current.CancellationToken));
        Assert.Equal(["last words"], process.LastLines);
    }

    [Fact]
    public async Task Kill_AskedFor_IsNotReported()
    {
        var process = Create("echo up; while :; do sleep 0.05; done");
        process.EndedUnasked = (_, _) => Assert.Fail("It was asked to end.");
        process.Start();

        await process.KillAsync();

        Assert.Equal(128 + Signals.Kill, await process.Exit);
    }

    [Fact]
    public async Task Restart_SameEnvironment_IsANewProcess()
    {
        var process = Start("echo port $PORT; while :; do sleep 0.05; done");
        await SaysAsync(process, "port 5100");
        var first = process.Id;

        await process.RestartAsync(s_long, TestContext.Current.CancellationToken);

        await SaysAsync(process, "port 5100");
        Assert.NotEqual(first, process.Id);
    }

    [Fact]
    public async Task Guard_PipeCloses_EndsWhatItWatches()
    {
        await using var guard = OrphanGuard.Start();
        var process = new LocalProcess(Shell("trap 'exit 9' TERM; echo up; while :; do sleep 0.05; done"), _output, guard, TimeProvider.System);
        process.Start();
        await SaysAsync(process, "up");

        await guard.DisposeAsync();

        Assert.Equal(9, await process.Exit.WaitAsync(s_long, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Gate_ProcessEndsBeforeItIsReady_QuotesItsLastLines()
    {
        using var client = new HttpClient();
        var process = Start("echo no such chromium; exit 1");

        var error = await Assert.ThrowsAsync<StartException>(() => new HealthGate(client, _output, TimeProvider.System)
            .WaitAsync(process, "200", _ => Task.FromResult<string?>("nothing"), s_long, TestContext.Current.CancellationToken));

        Assert.StartsWith("shell ended with exit code 1 before the fleet was ready. Its last lines:", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("no such chromium", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gate_NeverReady_SaysExpectedSeenAndPatience()
    {
        using var client = new HttpClient();
        var process = Start("while :; do sleep 0.05; done");

        var error = await Assert.ThrowsAsync<StartException>(() => new HealthGate(client, _output, TimeProvider.System)
            .WaitAsync(process, "200 from /health", _ => Task.FromResult<string?>("503 warming"), TimeSpan.Zero, TestContext.Current.CancellationToken));

        Assert.Equal("shell is not ready: expected 200 from /health within 0 s, last saw 503 warming. It said nothing.", error.Message);
    }

    private static Launch Shell(string script) =>
        new("shell", "/bin/sh", ["-c", script], new Dictionary<string, string> { ["PORT"] = "5100" });

    private LocalProcess Create(string script)
    {
        var process = new LocalProcess(Shell(script), _output, _guard, TimeProvider.System);
        _processes.Add(process);
        return process;
    }

    private LocalProcess Start(string script)
    {
        var process = Create(script);
        process.Start();
        return process;
    }

    private Task SaysAsync(LocalProcess process, string line) =>
        Eventually.TrueAsync(() => process.LastLines.Contains(line), s_long, () => $"the line '{line}'; it said:\n{_output}");
}
