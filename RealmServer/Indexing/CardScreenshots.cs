using System.Threading.Channels;
using Fleet.RealmServer.Rendering;
using Fleet.Registry;
using Fleet.ServiceDefaults.Concurrency;

namespace Fleet.RealmServer.Indexing;

/// <summary>Takes screenshots of cards, one at a time: first of cards that a crawler requested, then of all indexed cards whose screenshot is missing or
/// out of date. The latter pause while the index runs, and all have its low priority, so that no page waits for a screenshot.</summary>
internal sealed partial class CardScreenshots(
    ScreenshotPlan plan, ScreenshotTaker taker, IndexProgress progress, TimeProvider timeProvider, ILogger<CardScreenshots> logger)
    : BackgroundService
{
    /// <summary>Maximum number of queued crawler requests. Cards beyond it are left to the plan that follows each index pass.</summary>
    private const int MaxAsked = 100;

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_failureMemory = TimeSpan.FromMinutes(10);

    private readonly Channel<PageSource> _requested = Channel.CreateBounded<PageSource>(new BoundedChannelOptions(MaxAsked) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly AsyncAutoResetEvent _wakeUp = new();

    // Accessed only by the worker.
    private Queue<PageSource> _due = new();
    private readonly Dictionary<string, (string Look, long At)> _failed = new(StringComparer.Ordinal);
    private volatile bool _isPlanOutdated;
    private string? _lastFailure;

    /// <summary>Signals that a pass of the index ended, so that screenshots may be out of date.</summary>
    public void PagesMayHaveChanged()
    {
        _isPlanOutdated = true;
        _wakeUp.Set();
    }

    /// <summary>Requests a screenshot for a page that was sent to a crawler without one.</summary>
    public void Request(PageSource source)
    {
        if (taker.IsOn && source.Realm is { IsPrivate: false } && _requested.Writer.TryWrite(source))
        {
            _wakeUp.Set();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (taker.IsOn)
        {
            try
            {
                if (await NextAsync(stoppingToken) is { } source)
                {
                    await TakeAsync(source, stoppingToken);
                }
                else
                {
                    await _wakeUp.WaitAsync(s_pause, timeProvider, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (e is not (ManagerUnavailableException or RegistryUnavailableException))
                {
                    LogFailed(e);
                }

                // The next plan finds the card again.
                _isPlanOutdated = true;
                await Task.Delay(s_pause, timeProvider, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<PageSource?> NextAsync(CancellationToken cancellationToken)
    {
        if (_requested.Reader.TryRead(out var asked))
        {
            return asked;
        }

        if (progress.Brief.State == IndexState.Running)
        {
            return null;
        }

        if (_isPlanOutdated)
        {
            _isPlanOutdated = false;
            await PlanAsync(cancellationToken);
        }

        return _due.TryDequeue(out var due) ? due : null;
    }

    private async Task PlanAsync(CancellationToken cancellationToken)
    {
        var (sources, cards) = await plan.ReadAsync(cancellationToken);
        _due = sources;
        // Cards that were deleted, and those of removed realms.
        foreach (var url in _failed.Keys.Where(url => !cards.Contains(url)).ToList())
        {
            _failed.Remove(url);
        }
    }

    private async Task TakeAsync(PageSource source, CancellationToken cancellationToken)
    {
        if (await taker.TakeAsync(source, look => !FailedRecently(source, look), cancellationToken) is not { } failure)
        {
            return;
        }

        _failed[source.Url] = (failure.Look, timeProvider.GetTimestamp());
        // The same problem often affects all cards, so log a change of reason only.
        if (failure.Reason != _lastFailure)
        {
            _lastFailure = failure.Reason;
            LogNone(source.Url, failure.Reason);
        }
    }

    private bool FailedRecently(PageSource source, string look) =>
        _failed.TryGetValue(source.Url, out var failed) && failed.Look == look && timeProvider.GetElapsedTime(failed.At) < s_failureMemory;

    [LoggerMessage(LogLevel.Warning, "No screenshot of {Url}: {Reason} Further failures for the same reason are not logged.")]
    private partial void LogNone(string url, string reason);

    [LoggerMessage(LogLevel.Error, "Taking screenshots failed unexpectedly; retrying.")]
    private partial void LogFailed(Exception exception);
}
