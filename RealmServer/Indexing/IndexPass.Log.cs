namespace Fleet.RealmServer.Indexing;

internal sealed partial class IndexPass
{
    [LoggerMessage(LogLevel.Information, "Indexing {Due} of {Total} cards.")]
    private partial void LogBegin(int due, int total);

    [LoggerMessage(LogLevel.Information, "Indexing {Progress}")]
    private partial void LogProgress(string progress);

    [LoggerMessage(LogLevel.Information, "Index complete {Progress}, {Skipped} were stored already.")]
    private partial void LogEnd(string progress, int skipped);

    [LoggerMessage(LogLevel.Warning, "No page of {Url}: {Reason}")]
    private partial void LogCard(string url, string reason);

    [LoggerMessage(LogLevel.Information, "Removed the page of {Url}: its card is gone.")]
    private partial void LogRemoved(string url);

    [LoggerMessage(LogLevel.Error, "Indexing {Url} failed unexpectedly; the others go on.")]
    private partial void LogCardFailed(Exception exception, string url);
}
