using Fleet.Registry.Pages;
using Fleet.Registry.Watching;

namespace Fleet.Tests;

/// <summary>What tests do with the registry and services do not.</summary>
internal static class RegistryExtensions
{
    /// <summary>Stores a page, without limits, unless a newer one is stored. True when it was stored.</summary>
    public static async Task<bool> TryStoreAsync(this IPageStore pages, StoredPage page, CancellationToken cancellationToken) =>
        await pages.StoreAsync(page, PageBounds.None, cancellationToken) == StoreResult.Stored;

    /// <summary>Waits for the first successful read.</summary>
    public static async Task<RegistryReading<T>> WaitForFirstAsync<T>(this RegistryWatcher<T> watcher)
    {
        await Eventually.TrueAsync(() => watcher.Current is not null, () => "the first read of the registry");
        return watcher.Current!;
    }
}
