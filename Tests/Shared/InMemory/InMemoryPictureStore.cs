using Fleet.Registry.Pictures;

namespace Fleet.Tests.InMemory;

/// <inheritdoc/>
internal sealed class InMemoryPictureStore : IPictureStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Realm, string Url), StoredPicture> _pictures = [];
    private readonly InMemoryStorageScopes _scopes;

    public InMemoryPictureStore(InMemoryStorageScopes scopes)
    {
        _scopes = scopes;
        scopes.AddStore(RemoveAll);
    }

    public Task<StoredPicture?> GetAsync(string realm, string url, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(_pictures.GetValueOrDefault((realm, url)));
        }
    }

    public async Task<PictureFacts?> GetFactsAsync(string realm, string url, CancellationToken cancellationToken) =>
        (await GetAsync(realm, url, cancellationToken))?.Facts;

    public Task<IReadOnlyDictionary<string, PictureFacts>> GetFactsAsync(string realm, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyDictionary<string, PictureFacts>>(
                _pictures.Values.Where(picture => picture.Realm == realm).ToDictionary(picture => picture.Url, picture => picture.Facts, StringComparer.Ordinal));
        }
    }

    public Task<bool> StoreAsync(StoredPicture picture, long maxBytes, CancellationToken cancellationToken)
    {
        bool fits;
        lock (_gate)
        {
            var key = (picture.Realm, picture.Url);
            var growth = picture.Bytes.Length - (_pictures.GetValueOrDefault(key)?.Bytes.Length ?? 0);
            var bytes = growth + _pictures.Values.Where(stored => stored.Realm == picture.Realm).Sum(stored => (long)stored.Bytes.Length);
            fits = growth <= 0 || bytes <= maxBytes;
            if (fits)
            {
                _pictures[key] = picture;
            }
        }

        _scopes.Stored(picture.Realm);
        return Task.FromResult(fits);
    }

    public Task RemoveAsync(string realm, string url, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _pictures.Remove((realm, url));
        }

        return Task.CompletedTask;
    }

    private bool RemoveAll(string scope)
    {
        lock (_gate)
        {
            var keys = _pictures.Keys.Where(key => key.Realm == scope).ToList();
            keys.ForEach(key => _pictures.Remove(key));
            return keys.Count > 0;
        }
    }
}
