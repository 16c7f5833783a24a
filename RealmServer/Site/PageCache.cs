using Fleet.RealmServer.Caching;
using Fleet.RealmServer.HostShells;
using Fleet.RealmServer.Rendering;
using Fleet.Registry;
using Fleet.Registry.Events;
using Fleet.Registry.Pages;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Site;

/// <summary>Stored pages that were asked for lately, ready to be sent. A hint removes a page that changed; for hints that get lost, a page is
/// compared with the store every few seconds. Visitors get what there is, the shell at worst, when the store is away.</summary>
internal sealed partial class PageCache(
    IPageStore store, IBackplane backplane, IOptions<PagesOptions> options, TimeProvider timeProvider, ILogger<PageCache> logger) : IHostedService
{
    private readonly BoundedCache<CachedPage> _pages = new(options.Value.PageCacheBytes, static page => page.Size);
    private IAsyncDisposable? _subscription;
    private long _hints;
    private int _away;

    public async Task StartAsync(CancellationToken cancellationToken) => _subscription = await backplane.SubscribeAsync(OnHint, cancellationToken);

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_subscription is not null)
        {
            await _subscription.DisposeAsync();
        }
    }

    /// <summary>The page, from memory or with one read of the store. Null when there is none that can be shown, or nobody who could say.</summary>
    public async ValueTask<CachedPage?> FindAsync(PageSource source, ShellDocument shell, CancellationToken cancellationToken)
    {
        // By URL alone, since hints name no more. What is kept under another name is another page: a private card's is not the route's that
        // has its URL while the realm cannot be read.
        _pages.TryGet(source.Url, out var known);
        if (known is not null && (known.Served.ShellToken != shell.Token || known.RealmUrl != source.RealmUrl))
        {
            known = null;
        }

        if (known is not null && (timeProvider.GetElapsedTime(known.ReadAt) < options.Value.CacheCheck || !known.TryBeginCheck()))
        {
            return known;
        }

        return await ReadAsync(source, shell, known, cancellationToken);
    }

    private async Task<CachedPage?> ReadAsync(PageSource source, ShellDocument shell, CachedPage? known, CancellationToken cancellationToken)
    {
        try
        {
            var hints = Volatile.Read(ref _hints);
            var readAt = timeProvider.GetTimestamp();
            var stored = await store.GetAsync(source.RealmUrl, source.Url, cancellationToken);
            if (Interlocked.Exchange(ref _away, 0) == 1)
            {
                LogBack();
            }

            if (stored is null || ComposedPage.Of(stored, shell) is not { Matter: not ContentKind.Shell } composed)
            {
                _pages.Remove(source.Url);
                return null;
            }

            var page = new CachedPage(source.RealmUrl, new(composed, shell), StoredState.Of(stored, composed.Matter), readAt);
            // A hint that came meanwhile may have been about this page, and would not come again.
            if (hints == Volatile.Read(ref _hints))
            {
                _pages.Set(source.Url, page);
            }

            return page;
        }
        catch (RegistryUnavailableException e)
        {
            // Every visit fails alike; the first is worth a line.
            if (Interlocked.Exchange(ref _away, 1) == 0)
            {
                LogAway(e.Message);
            }

            return known;
        }
        finally
        {
            known?.EndCheck();
        }
    }

    private void OnHint(FleetEvent hint)
    {
        if (hint.Kind is not (FleetEventKind.Pages or FleetEventKind.Reconnected))
        {
            return;
        }

        Interlocked.Increment(ref _hints);
        if (hint.Kind == FleetEventKind.Pages)
        {
            _pages.Remove(hint.Subject);
        }
        else
        {
            _pages.Clear();
        }
    }

    [LoggerMessage(LogLevel.Warning, "Stored pages cannot be read; visitors get those in memory, else the bare shell. {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(LogLevel.Information, "Stored pages can be read again.")]
    private partial void LogBack();
}
