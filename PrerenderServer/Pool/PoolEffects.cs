using System.Collections.Concurrent;
using Fleet.PrerenderServer.Browser;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Pool;

/// <summary>
/// Runs the core's effects on the browser. Each effect is a task owned here, with a deadline, that ends in an event. Only the actor's consumer
/// calls this class; the tasks run concurrently with it.
/// </summary>
internal sealed partial class PoolEffects(
    IBrowserAdapter browser, PoolOptions options, PoolMetrics metrics, TimeProvider time, ILogger<PoolEffects> logger, Action<PoolEvent> post)
{
    private readonly ConcurrentDictionary<Task, bool> _tasks = new();
    private readonly Dictionary<long, Operation> _boots = [];
    private readonly Dictionary<int, Operation> _launches = [];

    /// <summary>Completes when all tasks that run now have ended.</summary>
    public Task Completion => Task.WhenAll(_tasks.Keys);

    /// <summary>Starts an effect that calls the browser.</summary>
    public void Run(PoolEffect effect)
    {
        switch (effect)
        {
            case LaunchBrowser e: _launches[e.Generation] = Begin(ct => LaunchAsync(e, ct), options.LaunchDeadline); break;
            case KillBrowser e: Kill(e); break;
            case CreateSlot e: _boots[e.Slot] = Begin(ct => CreateAsync(e, ct), options.BootDeadline); break;
            case ReplacePage e: _boots[e.Slot] = Begin(ct => ReplacePageAsync(e, ct), options.BootDeadline); break;
            case ProbePage e: Begin(ct => ProbeAsync(e, ct), options.ProbeDeadline); break;
            case CloseSlot e: Close(e); break;
            case ForgetSlot e: _boots.Remove(e.Slot); break;
            default: throw new ArgumentException($"{effect.GetType().Name} is not a browser effect.", nameof(effect));
        }
    }

    /// <summary>Tracks a task of the pool until it ends.</summary>
    public void Own(Task task)
    {
        _tasks.TryAdd(task, true);
        task.ContinueWith(
            (ended, all) => ((ConcurrentDictionary<Task, bool>)all!).TryRemove(ended, out _),
            _tasks, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Cancels every boot and launch and kills every browser, within a bound. Used when the core is no longer consistent.</summary>
    public async Task AbortAsync()
    {
        foreach (var operation in _boots.Values.Concat(_launches.Values))
        {
            operation.Cancel();
        }

        using var end = new CancellationTokenSource(2 * options.CloseStageDeadline, time);
        // A launch that is still running would start a browser after the kill.
        await Task.WhenAll(_launches.Values.Select(launch => launch.Task)).WaitAsync(end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await browser.KillAllAsync(end.Token);
        }
        catch (Exception e)
        {
            LogAbortFailed(e.Message);
        }
    }

    private Operation Begin(Func<CancellationToken, Task> run, TimeSpan deadline)
    {
        var end = new CancellationTokenSource(deadline, time);
        var task = RunAsync(run, end);
        Own(task);
        return new(end, task);
    }

    // Leave the consumer at once: an adapter that computes before its first await must not block the pool.
    private static async Task RunAsync(Func<CancellationToken, Task> run, CancellationTokenSource end)
    {
        await Task.Yield();
        try
        {
            await run(end.Token);
        }
        finally
        {
            end.Dispose();
        }
    }

    private async Task LaunchAsync(LaunchBrowser launch, CancellationToken cancellationToken)
    {
        try
        {
            await browser.LaunchAsync(launch.Generation, cancellationToken);
            LogLaunched(launch.Generation);
            post(new BrowserLaunched(launch.Generation));
        }
        catch (Exception e)
        {
            LogLaunchFailed(launch.Generation, e.Message);
            post(new LaunchFailed(launch.Generation, e.Message));
        }
    }

    private void Kill(KillBrowser kill)
    {
        _launches.Remove(kill.Generation, out var launch);
        Begin(ct => KillAsync(kill, launch, ct), options.CloseStageDeadline);
    }

    private async Task KillAsync(KillBrowser kill, Operation? launch, CancellationToken cancellationToken)
    {
        try
        {
            await EndAsync(launch, cancellationToken);
            await browser.KillAsync(kill.Generation, cancellationToken);
            LogKilled(kill.Generation);
            post(new BrowserKilled(kill.Generation));
        }
        catch (Exception e)
        {
            // Post no event: the slots use memory until the processes end. The core repeats the kill.
            LogKillFailed(kill.Generation, e.Message);
        }
    }

    private async Task CreateAsync(CreateSlot create, CancellationToken cancellationToken)
    {
        try
        {
            var page = create.IsEmpty ? await browser.CreateEmptyAsync(create.Slot, create.Generation, cancellationToken)
                : await browser.CreateAsync(create.Slot, create.Generation, cancellationToken);
            metrics.Created("ready");
            post(new PageArrived(create.Slot, create.Op, page));
        }
        catch (Exception e)
        {
            metrics.Created(cancellationToken.IsCancellationRequested ? "overdue" : "failed");
            LogNotBooted(create.Slot, e, cancellationToken);
            post(new BootFailed(create.Slot, create.Op, e.Message));
        }
    }

    private async Task ReplacePageAsync(ReplacePage replace, CancellationToken cancellationToken)
    {
        try
        {
            post(new PageArrived(replace.Slot, replace.Op, await browser.ReplacePageAsync(replace.Slot, cancellationToken)));
        }
        catch (Exception e)
        {
            LogNotBooted(replace.Slot, e, cancellationToken);
            post(new BootFailed(replace.Slot, replace.Op, e.Message));
        }
    }

    private void LogNotBooted(long slot, Exception e, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            LogBootCancelled(slot);
        }
        else
        {
            LogBootFailed(slot, e.Message);
        }
    }

    private async Task ProbeAsync(ProbePage probe, CancellationToken cancellationToken)
    {
        var answers = false;
        try
        {
            answers = await browser.ProbeAsync(probe.Slot, cancellationToken);
        }
        catch (Exception e)
        {
            LogProbeFailed(probe.Slot, e.Message);
        }

        post(new PageProbed(probe.Slot, probe.Op, answers));
    }

    private void Close(CloseSlot close)
    {
        var boot = _boots.GetValueOrDefault(close.Slot);
        Begin(ct => CloseAsync(close, boot, ct), options.CloseStageDeadline);
    }

    // A cancelled boot must end before its context is disposed; otherwise it could create a context that is never closed.
    private async Task CloseAsync(CloseSlot close, Operation? boot, CancellationToken cancellationToken)
    {
        try
        {
            switch (close.Stage)
            {
                case CloseStage.Terminate:
                    boot?.Cancel();
                    await browser.TerminateAsync(close.Slot, cancellationToken);
                    break;
                case CloseStage.Crash:
                    await browser.CrashAsync(close.Slot, cancellationToken);
                    goto case CloseStage.Dispose;
                case CloseStage.Dispose:
                    await EndAsync(boot, cancellationToken);
                    await browser.CloseAsync(close.Slot, cancellationToken);
                    post(new SlotClosed(close.Slot, close.Op));
                    return;
            }
        }
        catch (Exception e)
        {
            LogCloseFailed(close.Slot, close.Stage, e.Message);
        }

        post(new CloseStageEnded(close.Slot, close.Op, close.Stage));
    }

    private static async Task EndAsync(Operation? operation, CancellationToken cancellationToken)
    {
        if (operation is not null)
        {
            operation.Cancel();
            await operation.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>A boot or launch that can be cancelled.</summary>
    private sealed record Operation(CancellationTokenSource End, Task Task)
    {
        public void Cancel()
        {
            try
            {
                End.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The operation has already ended.
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Browser {Generation} is up.")]
    private partial void LogLaunched(int generation);

    [LoggerMessage(LogLevel.Warning, "Browser {Generation} did not start: {Why}")]
    private partial void LogLaunchFailed(int generation, string why);

    [LoggerMessage(LogLevel.Information, "Browser {Generation} has ended.")]
    private partial void LogKilled(int generation);

    [LoggerMessage(LogLevel.Error, "Could not kill browser {Generation}; retrying: {Why}")]
    private partial void LogKillFailed(int generation, string why);

    [LoggerMessage(LogLevel.Error, "Could not kill every browser: {Why}")]
    private partial void LogAbortFailed(string why);

    [LoggerMessage(LogLevel.Information, "Slot {Slot} did not boot: it timed out or was cancelled.")]
    private partial void LogBootCancelled(long slot);

    [LoggerMessage(LogLevel.Warning, "Slot {Slot} did not boot: {Why}")]
    private partial void LogBootFailed(long slot, string why);

    [LoggerMessage(LogLevel.Information, "Could not probe slot {Slot}: {Why}")]
    private partial void LogProbeFailed(long slot, string why);

    [LoggerMessage(LogLevel.Warning, "Slot {Slot} did not close at stage {Stage}: {Why}")]
    private partial void LogCloseFailed(long slot, CloseStage stage, string why);
}

/// <summary>A page has booted. Carries the page for the actor; the core reads only the base record and never uses a page.</summary>
internal sealed record PageArrived(long Slot, long Op, IBrowserPage Page) : PageBooted(Slot, Op, Page.ShellToken);
