using System.Text.Json;
using Fleet.Contracts;
using Fleet.Registry.Events;
using Fleet.Registry.Pages;

namespace Fleet.Tests.InMemory;

/// <inheritdoc/>
/// <remarks>Keeps bytes, as Redis does: a page that is read is a copy, and a page that Redis cannot store fails here too.</remarks>
internal sealed class InMemoryPageStore : IPageStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, KeptRealm> _realms = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly ChangeListeners _hints;
    private readonly InMemoryStorageScopes _scopes;
    private long _firstChange;

    public InMemoryPageStore(TimeProvider time, ChangeListeners notifications, InMemoryStorageScopes scopes)
    {
        (_time, _hints, _scopes) = (time, notifications, scopes);
        scopes.AddStore(RemoveAll);
    }

    public Task<StoredPage?> GetAsync(string realm, string url, CancellationToken cancellationToken)
    {
        byte[]? json;
        lock (_gate)
        {
            json = Of(realm).Pages.GetValueOrDefault(url)?.Json;
        }

        return Task.FromResult(json is null ? null : JsonSerializer.Deserialize<StoredPage>(json, FleetJson.Options));
    }

    public Task<StoreResult> StoreAsync(StoredPage page, PageBounds bounds, CancellationToken cancellationToken)
    {
        var kept = new KeptPage(new(page.SourceVersion, page.Generation), StoredPageJson.Write(page), PageFacts.Of(page), _time.GetUtcNow());
        StoreResult result;
        lock (_gate)
        {
            result = Of(page.Realm).Store(page.Url, kept, bounds);
        }

        // Add the scope after the page: a removal in between must not leave a page in an unknown scope.
        _scopes.Stored(page.Realm);
        if (result == StoreResult.Stored)
        {
            _hints.Raise(new(FleetEventKind.Pages, page.Url, 0));
        }

        return Task.FromResult(result);
    }

    public Task<IReadOnlyDictionary<string, PageVersion>> GetVersionsAsync(string realm, CancellationToken cancellationToken) =>
        Read(realm, page => page.Version);

    public Task<IReadOnlyDictionary<string, PageFacts>> GetFactsAsync(string realm, CancellationToken cancellationToken) =>
        Read(realm, page => page.Facts);

    public Task<PageTotals> GetTotalsAsync(string realm, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var kept = Of(realm);
            return Task.FromResult(new PageTotals(kept.Pages.Count, kept.Bytes, kept.Changes));
        }
    }

    public Task TouchAsync(string realm, string url, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Of(realm).Touch(url, _time.GetUtcNow());
        }

        return Task.CompletedTask;
    }

    public Task<DateTimeOffset?> GetLastUseAsync(string realm, string url, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(Of(realm).Pages.GetValueOrDefault(url)?.UsedAt);
        }
    }

    public Task<bool> RemoveAsync(string realm, string url, long sourceVersion, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sourceVersion);
        bool removed;
        lock (_gate)
        {
            var kept = Of(realm);
            removed = kept.Pages.TryGetValue(url, out var stored) && sourceVersion >= stored.Version.SourceVersion && kept.Remove(url);
        }

        if (removed)
        {
            _hints.Raise(new(FleetEventKind.Pages, url, 0));
        }

        return Task.FromResult(removed);
    }

    private Task<IReadOnlyDictionary<string, T>> Read<T>(string realm, Func<KeptPage, T> select)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyDictionary<string, T>>(Of(realm).Pages.ToDictionary(page => page.Key, page => select(page.Value)));
        }
    }

    private bool RemoveAll(string scope)
    {
        lock (_gate)
        {
            // A scope that was removed and comes back must not look unchanged to its readers.
            _firstChange = Math.Max(_firstChange, Of(scope).Changes);
            return _realms.Remove(scope, out var kept) && kept.Pages.Count > 0;
        }
    }

    private KeptRealm Of(string realm) => _realms.TryGetValue(realm, out var kept) ? kept : _realms[realm] = new(_firstChange);

    private static bool IsNewer(PageVersion one, PageVersion other) => (one.SourceVersion, one.Generation).CompareTo((other.SourceVersion, other.Generation)) > 0;

    private sealed record KeptPage(PageVersion Version, byte[] Json, PageFacts Facts, DateTimeOffset UsedAt);

    private sealed class KeptRealm(long firstChange)
    {
        public OrderedDictionary<string, KeptPage> Pages { get; } = new(StringComparer.Ordinal);

        public long Bytes { get; private set; }

        public long Changes { get; private set; } = firstChange;

        public StoreResult Store(string url, KeptPage page, PageBounds bounds)
        {
            var stored = Pages.GetValueOrDefault(url);
            if (stored is not null && IsNewer(stored.Version, page.Version))
            {
                return StoreResult.Outdated;
            }

            var growth = page.Json.Length - (stored?.Json.Length ?? 0);
            bool IsFull() => Pages.Count + (Pages.ContainsKey(url) ? 0 : 1) > bounds.MaxPages || Bytes + growth > bounds.MaxBytes;
            if (bounds.WhenFull == WhenFull.Refuse && growth > 0 && IsFull())
            {
                return StoreResult.Full;
            }

            while (bounds.WhenFull == WhenFull.RemoveOldest && IsFull() && Pages.FirstOrDefault(kept => kept.Key != url).Key is { } oldest)
            {
                Remove(oldest);
            }

            Pages.Remove(url);
            Pages.Add(url, page);
            Bytes += growth;
            Changes++;
            return StoreResult.Stored;
        }

        public void Touch(string url, DateTimeOffset now)
        {
            if (Pages.Remove(url, out var page))
            {
                Pages.Add(url, page with { UsedAt = now });
            }
        }

        public bool Remove(string url)
        {
            Bytes -= Pages[url].Json.Length;
            Changes++;
            return Pages.Remove(url);
        }
    }
}
