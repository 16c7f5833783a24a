using Fleet.RealmServer.Content;

namespace Fleet.RealmServer.Indexing;

/// <summary>Notifies the indexer when a file changes. This is only an optimization: the folders are also scanned regularly, since file watchers miss
/// changes on network mounts, behind symbolic links and beyond the system's limit of watches.</summary>
internal sealed partial class CardFolderWatcher(RealmCatalog catalog, Indexer indexer, ILogger<CardFolderWatcher> logger) : IHostedService, IDisposable
{
    private FileSystemWatcher? _watcher;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (catalog.Root is not { } root)
        {
            return Task.CompletedTask;
        }

        try
        {
            _watcher = new(root, "*.json") { IncludeSubdirectories = true };
            _watcher.Changed += OnEvent;
            _watcher.Created += OnEvent;
            _watcher.Deleted += OnEvent;
            _watcher.Renamed += OnEvent;
            _watcher.Error += (_, error) => LogNotWatching(error.GetException().Message);
            _watcher.EnableRaisingEvents = true;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            LogNotWatching(e.Message);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _watcher?.Dispose();
        _watcher = null;
    }

    private void OnEvent(object sender, FileSystemEventArgs change) => indexer.SourcesMayHaveChanged();

    [LoggerMessage(LogLevel.Warning, "The folders are not watched; changed cards are found by scanning them every Index:RescanInterval. {Reason}")]
    private partial void LogNotWatching(string reason);
}
