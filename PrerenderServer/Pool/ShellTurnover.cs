using Fleet.Contracts;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Pool;

/// <summary>Logs and measures a change of the host shell on this server: its start, its completion on the last page, and a shell that no page can load.</summary>
internal sealed partial class ShellTurnover(PoolMetrics metrics, TimeProvider time, ILogger<ShellTurnover> logger)
{
    private HostShell? _pending;
    private long _since;

    /// <summary>Compares the totals before and after an event.</summary>
    /// <param name="before">Totals before the event.</param>
    /// <param name="after">Totals after the event.</param>
    /// <param name="learned">The shell that the event carries; null for any other event.</param>
    public void Observe(PoolTotals before, PoolTotals after, HostShell? learned)
    {
        if (learned is not null && before.ShellToken != after.ShellToken)
        {
            // The shell learned at startup is a change only if pages have booted already.
            _pending = before.ShellToken is not null || after.Behind > 0 ? learned : null;
            _since = time.GetTimestamp();
            if (_pending is not null)
            {
                LogChanged(after.Behind, before.ShellToken ?? "none", learned.Token);
            }
        }

        if (!before.ShellIsUnstable && after.ShellIsUnstable)
        {
            LogUnstable(after.ShellToken!, after.Behind);
        }

        if (_pending is { } shell && after.Behind == 0)
        {
            _pending = null;
            var sinceLearned = time.GetElapsedTime(_since);
            // ChangedAt comes from the registry's clock, which may be slightly ahead of this one.
            var sinceChange = time.GetUtcNow() - shell.ChangedAt;
            sinceChange = sinceChange > sinceLearned ? sinceChange : sinceLearned;
            metrics.Fresh(sinceChange);
            LogFresh(shell.Generation, shell.Token, sinceLearned.TotalMilliseconds, sinceChange.TotalMilliseconds);
        }
    }

    [LoggerMessage(LogLevel.Information, "Reloading {PageCount} pages: host shell changed from {OldToken} to {NewToken}.")]
    private partial void LogChanged(int pageCount, string oldToken, string newToken);

    [LoggerMessage(LogLevel.Information, "Every page has host shell generation {Generation}, token {Token}: {HereMs:F0} ms after this server learned of it, "
        + "{AllMs:F0} ms after it became current.")]
    private partial void LogFresh(long generation, string token, double hereMs, double allMs);

    [LoggerMessage(LogLevel.Error, "The host shell differs on every fetch, so no page can load the current one, {Token}. "
        + "Something in it, perhaps a nonce, changes with each request. Have the host send the token of the shell without that part in X-Host-Shell, "
        + "or find what removes that header. Until then {PageCount} pages stay in use as they are, and results are marked stale.")]
    private partial void LogUnstable(string token, int pageCount);
}
