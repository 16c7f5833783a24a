using Fleet.RealmServer.Rendering;
using Fleet.Registry;
using Fleet.ServiceDefaults.Concurrency;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Indexing;

/// <summary>Keeps a rendered page of every card: runs a pass at startup, and again when the shell or a file changes, or when an operator requests one.</summary>
internal sealed partial class Indexer(
    IndexPass pass, IndexBasis basis, IndexProgress progress, CardScreenshots screenshots, IOptions<IndexOptions> options, TimeProvider timeProvider, ILogger<Indexer> logger)
    : BackgroundService
{
    // The writer may still be writing the file, or about to write another.
    private static readonly TimeSpan s_settleDelay = TimeSpan.FromMilliseconds(100);

    private readonly AsyncAutoResetEvent _requested = new();
    private readonly AsyncAutoResetEvent _sourcesChanged = new();
    private volatile BasisOfPass? _passBasis;

    /// <summary>Requests a pass, after the current one. Cards that failed are rendered again.</summary>
    public void Request()
    {
        pass.ForgetFailures();
        _requested.Set();
    }

    /// <summary>Triggers a scan of the folders.</summary>
    public void SourcesMayHaveChanged() => _sourcesChanged.Set();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (basis.DisabledReason is { } reason)
        {
            progress.Off(reason);
            return;
        }

        basis.Changed += OnBasisChanged;
        try
        {
            var (previous, repeats) = (IndexNext.WhenChanged, 0);
            while (true)
            {
                var next = await PassAsync(stoppingToken);
                repeats = next == previous ? repeats + 1 : 0;
                previous = next;
                if (await WaitAsync(next, repeats, stoppingToken))
                {
                    // Something changed, so what failed before may succeed now.
                    repeats = -1;
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service is stopping.
        }
        finally
        {
            basis.Changed -= OnBasisChanged;
        }
    }

    // The event is raised after the change, when a pass with the new basis may already be running.
    private void OnBasisChanged()
    {
        if (basis.Current != _passBasis)
        {
            _requested.Set();
        }
    }

    private async Task<IndexNext> PassAsync(CancellationToken stoppingToken)
    {
        _requested.Reset();
        _sourcesChanged.Reset();
        var current = basis.Current;
        _passBasis = current;
        try
        {
            if (current.WaitReason is { } reason)
            {
                progress.Wait(reason);
                return IndexNext.AfterPause;
            }

            var isComplete = await pass.RunAsync(current.Generation!.Value, stoppingToken);
            screenshots.PagesMayHaveChanged();
            return isComplete ? IndexNext.WhenChanged : IndexNext.AfterRetryInterval;
        }
        catch (Exception e) when (e is ManagerUnavailableException or RegistryUnavailableException)
        {
            if (progress.Wait(e.Message))
            {
                LogWaiting(e.Message);
            }

            return IndexNext.AfterPause;
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            progress.Wait("The pass failed unexpectedly; see the log.");
            LogFailed(e);
            return IndexNext.AfterPause;
        }
    }

    /// <summary>Waits until the next pass is due. True if it was requested or a card changed, false if the pause ended.</summary>
    private async Task<bool> WaitAsync(IndexNext next, int repeats, CancellationToken stoppingToken)
    {
        var startedAt = timeProvider.GetTimestamp();
        var limit = IndexPauses.For(next, repeats, options.Value.RetryInterval);
        while (true)
        {
            var left = limit - timeProvider.GetElapsedTime(startedAt) ?? options.Value.RescanInterval;
            if (left <= TimeSpan.Zero)
            {
                return false;
            }

            var interval = left < options.Value.RescanInterval ? left : options.Value.RescanInterval;
            if (await WaitForSignalAsync(interval, stoppingToken) || (next is not IndexNext.AfterPause && SourcesChanged()))
            {
                return true;
            }
        }
    }

    // On an error, start a pass: it reports the problem and is repeated.
    private bool SourcesChanged()
    {
        try
        {
            return pass.SourcesChanged;
        }
        catch (Exception e)
        {
            LogScanFailed(e);
            return true;
        }
    }

    /// <summary>Waits for a request, for a notification of a changed file, or until the limit. True if a pass was requested.</summary>
    private async Task<bool> WaitForSignalAsync(TimeSpan limit, CancellationToken stoppingToken)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var requested = _requested.WaitAsync(limit, timeProvider, linked.Token);
        var changed = _sourcesChanged.WaitAsync(limit, timeProvider, linked.Token);
        await Task.WhenAny(requested, changed);
        if (changed is { IsCompletedSuccessfully: true, Result: true })
        {
            await Task.Delay(s_settleDelay, timeProvider, stoppingToken);
        }

        await linked.CancelAsync();
        var results = await Task.WhenAll(WasSignaledAsync(requested, stoppingToken), WasSignaledAsync(changed, stoppingToken));
        return results[0];
    }

    // The other wait was canceled, unless its signal was set first.
    private static async Task<bool> WasSignaledAsync(Task<bool> wait, CancellationToken stoppingToken)
    {
        try
        {
            return await wait;
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            return false;
        }
    }

    [LoggerMessage(LogLevel.Information, "The index is waiting and resumes automatically: {Reason}")]
    private partial void LogWaiting(string reason);

    [LoggerMessage(LogLevel.Error, "Scanning the folders failed; starting a pass.")]
    private partial void LogScanFailed(Exception exception);

    [LoggerMessage(LogLevel.Error, "A pass of the index failed; retrying after a pause.")]
    private partial void LogFailed(Exception exception);
}
