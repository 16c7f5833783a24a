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

/// <summary>Has screenshots taken of cards, one after the other: of those that a crawler asked for, then of those that the index is through with. Never
/// while the index runs, and with its low priority: no page waits for a screenshot.</summary>
internal sealed partial class CardScreenshots(
    ManagerClient manager, PageWriter keeping, IPageStore pages, IScreenshotStore screenshots, IndexProgress progress, RealmCatalog catalog, PublicAddress address,
    IOptions<ScreenshotsOptions> options, IOptions<IndexOptions> index, TimeProvider timeProvider, ILogger<CardScreenshots> logger)
    : BackgroundService
{
    /// <summary>Most cards that crawlers asked for; the next one is left to the index.</summary>
    private const int MaxAsked = 100;

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_failureMemory = TimeSpan.FromMinutes(10);

    private readonly Channel<PageSource> _asked = Channel.CreateBounded<PageSource>(new BoundedChannelOptions(MaxAsked) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly AsyncAutoResetEvent _news = new();

    // The worker's own.
    private readonly Queue<PageSource> _due = new();
    private readonly Dictionary<string, (string Look, long At)> _failed = new(StringComparer.Ordinal);
    private volatile bool _planIsOld;
    private string? _trouble;

    private bool IsOn => options.Value.Enabled && manager.IsConfigured;

    /// <summary>The index is through: pages may have changed their looks.</summary>
    public void PagesMayHaveChanged()
    {
        _planIsOld = true;
        _news.Set();
    }

    /// <summary>A crawler was sent a page without a screenshot; the next one shall have it.</summary>
    public void Ask(PageSource source)
    {
        if (IsOn && source.Realm is { IsPrivate: false } && _asked.Writer.TryWrite(source))
        {
            _news.Set();
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
                    await _news.WaitAsync(s_pause, timeProvider, stoppingToken);
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

                // Whatever it was about is found again.
                _planIsOld = true;
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

        if (_planIsOld)
        {
            _planIsOld = false;
            await PlanAsync(cancellationToken);
        }

        return _due.TryDequeue(out var due) ? due : null;
    }

    private async Task PlanAsync(CancellationToken cancellationToken)
    {
        _due.Clear();
        foreach (var realm in catalog.Current.ById.Values.Where(realm => !realm.IsPrivate))
        {
            var keptUnder = PageSource.StorageScope(realm, address);
            var taken = await screenshots.GetFactsAsync(keptUnder, cancellationToken);
            var facts = await pages.GetFactsAsync(keptUnder, cancellationToken);
            foreach (var (id, version) in CardFiles.List(realm).Ids.Select(id => (id, CardFiles.VersionOf(realm, id))))
            {
                if (version is { } written && PageSource.OfCard(realm, id, written, address) is var source
                    && facts.TryGetValue(source.Url, out var page) && page.Look is { } look && !IsCurrent(taken.GetValueOrDefault(source.Url), look))
                {
                    _due.Enqueue(source);
                }
            }
        }
    }

    private async Task TakeAsync(PageSource source, CancellationToken cancellationToken)
    {
        if (await pages.GetAsync(source.RealmUrl, source.Url, cancellationToken) is not { } page || ScreenshotKey.Of(page) is not { } look || FailedLately(source, look))
        {
            return;
        }

        var facts = await screenshots.GetFactsAsync(source.RealmUrl, source.Url, cancellationToken);
        if (!IsCurrent(facts, look))
        {
            if (await TryTakeAsync(source, page, look, cancellationToken) is { } trouble)
            {
                _failed[source.Url] = (look, timeProvider.GetTimestamp());
                // What is wrong with one is often wrong with all.
                if (trouble != _trouble)
                {
                    _trouble = trouble;
                    LogNone(source.Url, trouble);
                }

                return;
            }
        }
        else if (page.Screenshot?.Tag == facts!.Tag)
        {
            return;
        }

        _failed.Remove(source.Url);
        // Taking it took a while: what is stored by now may be another page, and only its screenshot is to change.
        if (await pages.GetAsync(source.RealmUrl, source.Url, cancellationToken) is not { } current || await keeping.StoreAsync(source, current, cancellationToken) is PageOutcome.Gone)
        {
            await screenshots.RemoveAsync(source.RealmUrl, source.Url, cancellationToken);
        }
    }

    /// <summary>Has the screenshot taken and stores it. Gives why there is none; null when there is.</summary>
    private async Task<string?> TryTakeAsync(PageSource source, StoredPage page, string look, CancellationToken cancellationToken)
    {
        try
        {
            var taken = await manager.ScreenshotAsync(Request(source), index.Value.RenderDeadline, cancellationToken);
            if (taken.ShellToken != page.ShellToken)
            {
                return "The screenshot is of another host shell than the page.";
            }

            if (taken.Bytes.Length > options.Value.MaxBytes)
            {
                return $"The screenshot has {taken.Bytes.Length} bytes; at most {options.Value.MaxBytes} are kept (Screenshots:MaxKb).";
            }

            var tag = Convert.ToHexStringLower(SHA256.HashData(taken.Bytes).AsSpan(..8));
            return await screenshots.StoreAsync(
                new(source.RealmUrl, source.Url, new(tag, look, options.Value.Width, options.Value.Height), taken.Bytes), options.Value.MaxRealmBytes, cancellationToken)
                ? null
                : $"The realm's screenshots take {options.Value.MaxRealmMb} MB, the most that is kept (Screenshots:MaxRealmMb).";
        }
        catch (RenderRefusedException e)
        {
            return e.Message;
        }
    }

    private ScreenshotRequest Request(PageSource source) => new()
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

    private bool FailedLately(PageSource source, string look) =>
        _failed.TryGetValue(source.Url, out var failed) && failed.Look == look && timeProvider.GetElapsedTime(failed.At) < s_failureMemory;

    [LoggerMessage(LogLevel.Warning, "No screenshot of {Url}, nor of others for the same reason: {Reason}")]
    private partial void LogNone(string url, string reason);

    [LoggerMessage(LogLevel.Error, "Taking screenshots failed unexpectedly; it goes on.")]
    private partial void LogFailed(Exception exception);
}
