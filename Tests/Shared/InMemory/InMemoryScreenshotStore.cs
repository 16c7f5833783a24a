using Fleet.Registry.Screenshots;

namespace Fleet.Tests.InMemory;

/// <inheritdoc/>
internal sealed class InMemoryScreenshotStore : IScreenshotStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Realm, string Url), StoredScreenshot> _screenshots = [];
    private readonly InMemoryStorageScopes _scopes;

    public InMemoryScreenshotStore(InMemoryStorageScopes scopes)
    {
        _scopes = scopes;
        scopes.AddStore(RemoveAll);
    }

    public Task<StoredScreenshot?> GetAsync(string realm, string url, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(_screenshots.GetValueOrDefault((realm, url)));
        }
    }

    public async Task<ScreenshotFacts?> GetFactsAsync(string realm, string url, CancellationToken cancellationToken) =>
        (await GetAsync(realm, url, cancellationToken))?.Facts;

    public Task<IReadOnlyDictionary<string, ScreenshotFacts>> GetFactsAsync(string realm, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyDictionary<string, ScreenshotFacts>>(
                _screenshots.Values.Where(screenshot => screenshot.Realm == realm).ToDictionary(screenshot => screenshot.Url, screenshot => screenshot.Facts, StringComparer.Ordinal));
        }
    }

    public Task<bool> StoreAsync(StoredScreenshot screenshot, long maxBytes, CancellationToken cancellationToken)
    {
        bool fits;
        lock (_gate)
        {
            var key = (screenshot.Realm, screenshot.Url);
            var growth = screenshot.Bytes.Length - (_screenshots.GetValueOrDefault(key)?.Bytes.Length ?? 0);
            var bytes = growth + _screenshots.Values.Where(stored => stored.Realm == screenshot.Realm).Sum(stored => (long)stored.Bytes.Length);
            fits = growth <= 0 || bytes <= maxBytes;
            if (fits)
            {
                _screenshots[key] = screenshot;
            }
        }

        _scopes.Stored(screenshot.Realm);
        return Task.FromResult(fits);
    }

    public Task RemoveAsync(string realm, string url, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _screenshots.Remove((realm, url));
        }

        return Task.CompletedTask;
    }

    private bool RemoveAll(string scope)
    {
        lock (_gate)
        {
            var keys = _screenshots.Keys.Where(key => key.Realm == scope).ToList();
            keys.ForEach(key => _screenshots.Remove(key));
            return keys.Count > 0;
        }
    }
}
