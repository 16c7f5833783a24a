using Fleet.RealmServer.Content;

namespace Fleet.RealmServer.Indexing;

/// <summary>Tells the indexer at once when a file changes. A hint only: the folders are looked through all the same, since watchers miss what
/// happens on network mounts, behind symbolic links, and beyond the system's limit of watches.</summary>
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
            _watcher.Error += (_, error) => LogLost(error.GetException().Message);
            _watcher.EnableRaisingEvents = true;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            LogLost(e.Message);
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

    [LoggerMessage(LogLevel.Warning, "The folders are not watched; changed cards are found by looking through them every Index:RescanInterval. {Reason}")]
    private partial void LogLost(string reason);
}
