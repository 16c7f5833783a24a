namespace Fleet.RealmServer.Site;

/// <summary>A stored page, composed with the shell that is served.</summary>
/// <param name="realmUrl">What it is kept under.</param>
/// <param name="served">It.</param>
/// <param name="state">What matters of it for the decision how it is answered.</param>
/// <param name="readAt">Timestamp of the read of the store.</param>
internal sealed class CachedPage(string realmUrl, ServedPage served, StoredState state, long readAt)
{
    private int _checking;

    public string RealmUrl => realmUrl;

    public ServedPage Served => served;

    public StoredState State => state;

    public long ReadAt => readAt;

    public long Size => served.Body.Size;

    /// <summary>True for one caller, who is to read the store again; the others use what there is meanwhile.</summary>
    public bool TryBeginCheck() => Interlocked.Exchange(ref _checking, 1) == 0;

    /// <summary>The check came to nothing; another one may be made.</summary>
    public void EndCheck() => Volatile.Write(ref _checking, 0);
}
