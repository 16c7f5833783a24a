using Fleet.Registry;
using Fleet.Registry.Pages;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Tests.RealmServer;

/// <summary>A page store that cannot be reached.</summary>
internal sealed class UnreachablePageStore : IPageStore
{
    public static void Register(IServiceCollection services) => services.AddSingleton<IPageStore, UnreachablePageStore>();

    public Task<StoredPage?> GetAsync(string realm, string url, CancellationToken cancellationToken) => throw Away();

    public Task<StoreResult> StoreAsync(StoredPage page, PageBounds bounds, CancellationToken cancellationToken) => throw Away();

    public Task<IReadOnlyDictionary<string, PageFacts>> GetFactsAsync(string realm, CancellationToken cancellationToken) => throw Away();

    public Task<PageTotals> GetTotalsAsync(string realm, CancellationToken cancellationToken) => throw Away();

    public Task<IReadOnlyDictionary<string, PageVersion>> GetVersionsAsync(string realm, CancellationToken cancellationToken) => throw Away();

    public Task TouchAsync(string realm, string url, CancellationToken cancellationToken) => throw Away();

    public Task<DateTimeOffset?> GetLastUseAsync(string realm, string url, CancellationToken cancellationToken) => throw Away();

    public Task<bool> RemoveAsync(string realm, string url, long sourceVersion, CancellationToken cancellationToken) => throw Away();

    private static RegistryUnavailableException Away() => new("Redis is away.", new TimeoutException());
}
