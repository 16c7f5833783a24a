using Fleet.Contracts;
using Fleet.RealmServer.Caching;
using Fleet.RealmServer.HostShells;
using Fleet.RealmServer.Rendering;
using Fleet.Registry;
using Fleet.Registry.Events;
using Fleet.Registry.Pages;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Site;

/// <summary>Caches recently requested stored pages, ready to be sent. A change notification removes a page; since notifications can be lost, a page is
/// also compared with the store every <c>Pages:CacheCheck</c>. While the store is unavailable, cached pages are served, otherwise the shell.</summary>
internal sealed partial class PageCache(
    IPageStore store, IBackplane backplane, PageRenditions renditions, IOptions<PagesOptions> options, TimeProvider timeProvider, ILogger<PageCache> logger) : IHostedService
{
    private static readonly TimeSpan s_touchInterval = TimeSpan.FromMinutes(1);

    private readonly BoundedCache<CachedPage> _pages = new(options.Value.PageCacheBytes, static page => page.Size);
    private IAsyncDisposable? _subscription;
    private long _changes;
    private int _isUnavailable;

    public async Task StartAsync(CancellationToken cancellationToken) => _subscription = await backplane.SubscribeAsync(OnEvent, cancellationToken);

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_subscription is not null)
        {
            await _subscription.DisposeAsync();
        }
    }

    /// <summary>The page, from memory or with one read of the store. Null if no page that can be shown is stored, or if the
    /// store is unavailable and the page is not cached.</summary>
    public async ValueTask<CachedPage?> FindAsync(PageSource source, ShellDocument shell, CancellationToken cancellationToken)
    {
        // The key has no storage scope, since change notifications carry only the URL. An entry of another storage scope is another page: while a private
        // realm cannot be read, a route of the host app may have the URL of one of its cards.
        _pages.TryGet(KeyOf(source.Rendition, source.Url), out var known);
        if (known is not null && (known.Served.ShellToken != shell.Token || known.Scope != source.Scope))
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
            var changes = Volatile.Read(ref _changes);
            var readAt = timeProvider.GetTimestamp();
            var stored = await store.GetAsync(source.Scope, source.Url, cancellationToken);
            if (Interlocked.Exchange(ref _isUnavailable, 0) == 1)
            {
                LogAvailable();
            }

            if (stored is null || ComposedPage.Of(stored, shell) is not { Kind: not ContentKind.Shell } composed)
            {
                _pages.Remove(KeyOf(source.Rendition, source.Url));
                return null;
            }

            var touchedAt = await TouchAsync(source, known, readAt, cancellationToken);
            var page = new CachedPage(source.Scope, new(composed, shell), StoredState.Of(stored, composed.Kind), readAt, touchedAt);
            // A change notification that arrived during the read may have been for this page and is not repeated.
            if (changes == Volatile.Read(ref _changes))
            {
                _pages.Set(KeyOf(source.Rendition, source.Url), page);
            }

            return page;
        }
        catch (RegistryUnavailableException e)
        {
            // Every request fails in the same way; log only the first failure.
            if (Interlocked.Exchange(ref _isUnavailable, 1) == 0)
            {
                LogUnavailable(e.Message);
            }

            return known;
        }
        finally
        {
            known?.EndCheck();
        }
    }

    // Routes are removed by last use when there are too many. Recording it once a minute is enough.
    private async Task<long> TouchAsync(PageSource source, CachedPage? known, long now, CancellationToken cancellationToken)
    {
        if (!source.IsRoute || (known is not null && timeProvider.GetElapsedTime(known.TouchedAt) < s_touchInterval))
        {
            return known?.TouchedAt ?? now;
        }

        await store.TouchAsync(source.Scope, source.Url, cancellationToken);
        return now;
    }

    private void OnEvent(FleetEvent change)
    {
        if (change.Kind is not (FleetEventKind.Pages or FleetEventKind.Reconnected))
        {
            return;
        }

        Interlocked.Increment(ref _changes);
        if (change.Kind == FleetEventKind.Pages)
        {
            foreach (var rendition in renditions.All)
            {
                _pages.Remove(KeyOf(rendition, change.Subject));
            }
        }
        else
        {
            _pages.Clear();
        }
    }

    private static string KeyOf(Rendition rendition, string url) => PageScope.Of(url, rendition);

    [LoggerMessage(LogLevel.Warning, "Stored pages cannot be read; requests are answered from memory, otherwise with the bare shell. {Reason}")]
    private partial void LogUnavailable(string reason);

    [LoggerMessage(LogLevel.Information, "Stored pages can be read again.")]
    private partial void LogAvailable();
}
