namespace Fleet.RealmServer.Site;

/// <summary>A stored page in memory, composed with the served shell.</summary>
/// <param name="scope">The storage scope of the page.</param>
/// <param name="served">The composed page.</param>
/// <param name="state">The state of the stored page that decides how a request is answered.</param>
/// <param name="readAt">Timestamp at which the store was read.</param>
/// <param name="touchedAt">Timestamp at which its use was recorded in the store.</param>
internal sealed class CachedPage(string scope, ServedPage served, StoredState state, long readAt, long touchedAt)
{
    private int _checking;

    public string Scope => scope;

    public ServedPage Served => served;

    public StoredState State => state;

    public long ReadAt => readAt;

    public long TouchedAt => touchedAt;

    public long Size => served.Size;

    /// <summary>True for one caller, which must read the store again. The others use this page in the meantime.</summary>
    public bool TryBeginCheck() => Interlocked.Exchange(ref _checking, 1) == 0;

    /// <summary>Ends the check, so that another caller may begin one.</summary>
    public void EndCheck() => Volatile.Write(ref _checking, 0);
}
