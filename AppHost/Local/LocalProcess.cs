using System.Diagnostics;
using Fleet.AppHost.Output;

namespace Fleet.AppHost.Local;

/// <summary>One resource as a child process: started, stopped, killed, frozen and started again with the same environment.</summary>
internal sealed class LocalProcess(Launch launch, IFleetOutput output, OrphanGuard guard, TimeProvider time) : IRunningResource, IAsyncDisposable
{
    private const int KeptLines = 40;

    // A grandchild may hold the pipe open after the process has ended; its last lines are not worth waiting longer for.
    private static readonly TimeSpan s_lastLinesWait = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = new();
    private Process? _process;
    private bool _endWanted;

    /// <summary>Name of the resource.</summary>
    public string Name => launch.Resource;

    /// <summary>Id of the process that runs, or ran last.</summary>
    public int Id { get; private set; }

    /// <summary>When it was started last.</summary>
    public DateTimeOffset StartedAt { get; private set; }

    /// <summary>Ends when the process has ended and its last lines are read; holds the exit code.</summary>
    public Task<int> Exit { get; private set; } = Task.FromResult(0);

    /// <summary>Whether it runs.</summary>
    public bool IsRunning => !Exit.IsCompleted;

    /// <summary>Called with the exit code when it ends and nobody has asked it to.</summary>
    public Action<LocalProcess, int>? EndedUnasked { get; set; }

    /// <summary>What it said last, oldest first.</summary>
    public IReadOnlyList<string> LastLines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Starts it. It must not be running.</summary>
    public void Start()
    {
        if (IsRunning)
        {
            throw new InvalidOperationException($"{Name} is running already, as process {Id}.");
        }

        _process?.Dispose();
        lock (_gate)
        {
            _lines.Clear();
        }

        var start = OwnSession.Wrap(launch.Program, launch.Arguments);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        // A console that nobody types into: a service must not read this one's.
        start.RedirectStandardInput = true;
        foreach (var name in EnvironmentContract.NotInherited)
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in launch.Environment)
        {
            start.Environment[name] = value;
        }

        _endWanted = false;
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{Name} did not start: {launch.Program}");
        _process.StandardInput.Close();
        Id = _process.Id;
        StartedAt = time.GetUtcNow();
        guard.Watch(Id);
        Exit = FollowAsync(_process);
    }

    /// <summary>Asks it to stop (SIGTERM), waits, and kills it with all its children when it takes too long.</summary>
    /// <returns>Whether it stopped by itself.</returns>
    public async Task<bool> StopAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (!IsRunning)
        {
            return true;
        }

        _endWanted = true;
        if (!OperatingSystem.IsWindows())
        {
            // A frozen process acts on SIGTERM only after SIGCONT.
            Signals.Send(Id, Signals.Terminate);
            Signals.Send(Id, Signals.Continue);
            try
            {
                await Exit.WaitAsync(patience, time, cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (Exception e) when (e is TimeoutException or OperationCanceledException)
            {
                output.Say($"{Name} has not stopped{(e is TimeoutException ? $" within {patience.TotalSeconds:0} s" : "")}; killing it.");
            }
        }

        _process!.Kill(entireProcessTree: true);
        await Exit.ConfigureAwait(false);
        return false;
    }

    /// <summary>Kills it alone, as <c>kill -9</c> does; what becomes of its children is its own affair.</summary>
    public async Task KillAsync()
    {
        _endWanted = true;
        _process?.Kill();
        await Exit.ConfigureAwait(false);
    }

    /// <summary>Starts it again with the same environment, after its end or after stopping it.</summary>
    public async Task RestartAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        await StopAsync(patience, cancellationToken).ConfigureAwait(false);
        Start();
    }

    /// <summary>Freezes it (SIGSTOP): connections stay open, nothing answers.</summary>
    public void Freeze() => Signals.Send(Id, Signals.Stop);

    /// <summary>Lets a frozen one go on (SIGCONT).</summary>
    public void Thaw() => Signals.Send(Id, Signals.Continue);

    /// <summary>Kills it if it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero, CancellationToken.None).ConfigureAwait(false);
        _process?.Dispose();
    }

    private async Task<int> FollowAsync(Process process)
    {
        var reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
        await process.WaitForExitAsync().ConfigureAwait(false);
        guard.Forget(process.Id);
        await reading.WaitAsync(s_lastLinesWait, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        if (!_endWanted)
        {
            EndedUnasked?.Invoke(this, process.ExitCode);
        }

        return process.ExitCode;
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            lock (_gate)
            {
                _lines.Enqueue(line);
                if (_lines.Count > KeptLines)
                {
                    _lines.Dequeue();
                }
            }

            if (!launch.Quiet)
            {
                output.Write(Name, line);
            }
        }
    }
}
