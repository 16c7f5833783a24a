using Fleet.Registry.Pages;

namespace Fleet.Tests.RealmServer;

/// <summary>A page store that holds reads of facts until the test releases them, and counts them.</summary>
internal sealed class HeldPageStore(IPageStore inner) : IPageStore
{
    private int _factsRead;

    public int FactsRead => Volatile.Read(ref _factsRead);

    public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<StoredPage?> GetAsync(string realm, string url, CancellationToken cancellationToken) => inner.GetAsync(realm, url, cancellationToken);

    public Task<StoreResult> StoreAsync(StoredPage page, PageBounds bounds, CancellationToken cancellationToken) => inner.StoreAsync(page, bounds, cancellationToken);

    public Task<IReadOnlyDictionary<string, PageVersion>> GetVersionsAsync(string realm, CancellationToken cancellationToken) =>
        inner.GetVersionsAsync(realm, cancellationToken);

    public async Task<IReadOnlyDictionary<string, PageFacts>> GetFactsAsync(string realm, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _factsRead);
        await Gate.Task.WaitAsync(cancellationToken);
        return await inner.GetFactsAsync(realm, cancellationToken);
    }

    public Task<PageTotals> GetTotalsAsync(string realm, CancellationToken cancellationToken) => inner.GetTotalsAsync(realm, cancellationToken);

    public Task TouchAsync(string realm, string url, CancellationToken cancellationToken) => inner.TouchAsync(realm, url, cancellationToken);

    public Task<DateTimeOffset?> GetLastUseAsync(string realm, string url, CancellationToken cancellationToken) => inner.GetLastUseAsync(realm, url, cancellationToken);

    public Task<bool> RemoveAsync(string realm, string url, long sourceVersion, CancellationToken cancellationToken) =>
        inner.RemoveAsync(realm, url, sourceVersion, cancellationToken);
}
