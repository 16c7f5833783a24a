using System.Security.Cryptography;
using System.Threading.Channels;
using Fleet.Contracts;
using Fleet.RealmServer.Content;
using Fleet.RealmServer.Rendering;
using Fleet.Registry;
using Fleet.Registry.Pages;
using Fleet.Registry.Screenshots;
using Fleet.ServiceDefaults.Concurrency;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Indexing;

/// <summary>Takes screenshots of cards, one at a time: first of cards that a crawler requested, then of all indexed cards whose screenshot is missing or
/// out of date. The latter pause while the index runs, and all have its low priority, so that no page waits for a screenshot.</summary>
internal sealed partial class CardScreenshots(
    ManagerClient manager, PageWriter writer, IPageStore pages, IScreenshotStore screenshots, IndexProgress progress, RealmCatalog catalog, PublicAddress address,
    IOptions<ScreenshotsOptions> options, IOptions<IndexOptions> index, TimeProvider timeProvider, ILogger<CardScreenshots> logger)
    : BackgroundService
{
    /// <summary>Maximum number of queued crawler requests. Cards beyond it are left to the plan that follows each index pass.</summary>
    private const int MaxAsked = 100;

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_failureMemory = TimeSpan.FromMinutes(10);

    private readonly Channel<PageSource> _asked = Channel.CreateBounded<PageSource>(new BoundedChannelOptions(MaxAsked) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly AsyncAutoResetEvent _wakeUp = new();

    // Accessed only by the worker.
    private readonly Queue<PageSource> _due = new();
    private readonly Dictionary<string, (string Look, long At)> _failed = new(StringComparer.Ordinal);
    private volatile bool _isPlanOutdated;
    private string? _lastFailure;

    private bool IsOn => options.Value.Enabled && manager.IsConfigured;

    /// <summary>Signals that a pass of the index ended, so that screenshots may be out of date.</summary>
    public void PagesMayHaveChanged()
    {
        _isPlanOutdated = true;
        _wakeUp.Set();
    }

    /// <summary>Requests a screenshot for a page that was sent to a crawler without one.</summary>
    public void Ask(PageSource source)
    {
        if (IsOn && source.Realm is { IsPrivate: false } && _asked.Writer.TryWrite(source))
        {
            _wakeUp.Set();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (IsOn)
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
        if (_asked.Reader.TryRead(out var asked))
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
        _due.Clear();
        var cards = new HashSet<string>(StringComparer.Ordinal);
        foreach (var realm in catalog.Current.ById.Values.Where(realm => !realm.IsPrivate))
        {
            var scope = PageSource.StorageScope(realm, address);
            var taken = await screenshots.GetFactsAsync(scope, cancellationToken);
            var facts = await pages.GetFactsAsync(scope, cancellationToken);
            foreach (var (id, version) in CardFiles.List(realm).Ids.Select(id => (id, CardFiles.VersionOf(realm, id))))
            {
                if (version is not { } written)
                {
                    continue;
                }

                var source = PageSource.OfCard(realm, id, written, address);
                cards.Add(source.Url);
                if (facts.TryGetValue(source.Url, out var page) && page.Look is { } look && !IsCurrent(taken.GetValueOrDefault(source.Url), look))
                {
                    _due.Enqueue(source);
                }
            }
        }

        // Cards that were deleted, and those of removed realms.
        foreach (var url in _failed.Keys.Where(url => !cards.Contains(url)).ToList())
        {
            _failed.Remove(url);
        }
    }

    private async Task TakeAsync(PageSource source, CancellationToken cancellationToken)
    {
        if (await pages.GetAsync(source.RealmUrl, source.Url, cancellationToken) is not { } page || ScreenshotKey.Of(page) is not { } look || FailedRecently(source, look))
        {
            return;
        }

        var facts = await screenshots.GetFactsAsync(source.RealmUrl, source.Url, cancellationToken);
        if (!IsCurrent(facts, look))
        {
            if (await TryTakeAsync(source, page, look, cancellationToken) is { } failure)
            {
                _failed[source.Url] = (look, timeProvider.GetTimestamp());
                // The same problem often affects all cards, so log a change of reason only.
                if (failure != _lastFailure)
                {
                    _lastFailure = failure;
                    LogNone(source.Url, failure);
                }

                return;
            }
        }
        else if (page.Screenshot?.Tag == facts!.Tag)
        {
            return;
        }

        _failed.Remove(source.Url);
        // The page may have been replaced while the screenshot was taken. Read it again and change only its screenshot.
        if (await pages.GetAsync(source.RealmUrl, source.Url, cancellationToken) is not { } current || await writer.StoreAsync(source, current, cancellationToken) is PageOutcome.Gone)
        {
            await screenshots.RemoveAsync(source.RealmUrl, source.Url, cancellationToken);
        }
    }

    /// <summary>Takes the screenshot and stores it. Returns why there is none; null on success.</summary>
    private async Task<string?> TryTakeAsync(PageSource source, StoredPage page, string look, CancellationToken cancellationToken)
    {
        try
        {
            var taken = await manager.ScreenshotAsync(CreateRequest(source), index.Value.RenderDeadline, cancellationToken);
            if (taken.ShellToken != page.ShellToken)
            {
                return "The screenshot shows another host shell than the stored page.";
            }

            if (taken.Bytes.Length > options.Value.MaxBytes)
            {
                return $"The screenshot has {taken.Bytes.Length} bytes; the maximum is {options.Value.MaxBytes} (Screenshots:MaxKb).";
            }

            var tag = Convert.ToHexStringLower(SHA256.HashData(taken.Bytes).AsSpan(..8));
            return await screenshots.StoreAsync(
                new(source.RealmUrl, source.Url, new(tag, look, options.Value.Width, options.Value.Height), taken.Bytes), options.Value.MaxRealmBytes, cancellationToken)
                ? null
                : $"The realm's screenshots have reached {options.Value.MaxRealmMb} MB, the maximum (Screenshots:MaxRealmMb).";
        }
        catch (RenderRefusedException e)
        {
            return e.Message;
        }
    }

    private ScreenshotRequest CreateRequest(PageSource source) => new()
    {
        Url = source.Url,
        Affinity = source.Affinity.ToString(),
        Format = RenderFormat.Fitted,
        Type = ScreenshotType.Jpeg,
        Width = options.Value.Width,
        Height = options.Value.Height,
        DeadlineMs = (int)index.Value.RenderDeadline.TotalMilliseconds,
        Priority = (int)RenderUrgency.Index,
    };

    private bool IsCurrent(ScreenshotFacts? facts, string look) =>
        facts is not null && facts.Look == look && (facts.Width, facts.Height) == (options.Value.Width, options.Value.Height);

    private bool FailedRecently(PageSource source, string look) =>
        _failed.TryGetValue(source.Url, out var failed) && failed.Look == look && timeProvider.GetElapsedTime(failed.At) < s_failureMemory;

    [LoggerMessage(LogLevel.Warning, "No screenshot of {Url}: {Reason} Further failures for the same reason are not logged.")]
    private partial void LogNone(string url, string reason);

    [LoggerMessage(LogLevel.Error, "Taking screenshots failed unexpectedly; retrying.")]
    private partial void LogFailed(Exception exception);
}
