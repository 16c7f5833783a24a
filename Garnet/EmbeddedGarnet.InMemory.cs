using Microsoft.Extensions.Logging;

namespace Fleet.Garnet;

// What happens when the log cannot be written.
public sealed partial class EmbeddedGarnet
{
    /// <summary>Why what is stored from now on is in memory only, in one sentence without a path; null if it is as persistent as the options say.</summary>
    public string? Problem { get; private set; }

    // The keys pass through another server, since two cannot listen on one port. What clients have written to the new one meanwhile is newer.
    private async Task GoOnInMemoryAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(s_copyTimeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var port = FreePort();
        using var between = GarnetInstance.Start(port, _options.Password, null, _loggers);
        await TryCopyAsync(_options.Port, port, linked.Token);
        _isInMemory = true;
        _instance!.Dispose();
        _instance = null;
        await RestartAsync(cancellationToken);
        await TryCopyAsync(port, _options.Port, linked.Token);
    }

    // Pages that are lost are rendered again; an unexpected failure must not end the server.
    private async Task TryCopyAsync(int from, int to, CancellationToken cancellationToken)
    {
        try
        {
            await KeyCopy.CopyAsync(from, to, _options.Password, isInUse: true, cancellationToken);
        }
        catch (Exception e) when (!_stopping.IsCancellationRequested)
        {
            LogNotCopied(e);
        }
    }

    private async Task<bool> TryWriteNewLogAsync(DataFolder data, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(s_copyTimeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            data.DiscardNext();
            await CopyToNextAsync(data, _options.Port, isInUse: true, linked.Token);
            data.AdoptNext();
            SetRewriteSize();
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogStillUnwritable(e.Message);
            return false;
        }

        await StopInstanceAsync();
        _isInMemory = false;
        await RestartAsync(cancellationToken);
        LogWritable(data.Current);
        Problem = null;
        return true;
    }

    [LoggerMessage(LogLevel.Debug, "A new log of stored pages cannot be written either: {Reason}")]
    private partial void LogStillUnwritable(string reason);

    [LoggerMessage(LogLevel.Information, "Everything that is stored is written to '{Folder}' again.")]
    private partial void LogWritable(string folder);

    [LoggerMessage(LogLevel.Warning, "Not every stored page could be kept in memory; those that are missing are rendered again.")]
    private partial void LogNotCopied(Exception exception);
}
