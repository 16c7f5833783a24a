using Fleet.Contracts;
using Fleet.PrerenderServer.Pool.Core.State;
using Microsoft.Extensions.Logging;

namespace Fleet.PrerenderServer.Pool;

/// <summary>Tells how a change of the host shell goes through this server: when it begins, when the last page has it, and when it never can.</summary>
internal sealed partial class ShellTurnover(PoolMetrics metrics, TimeProvider time, ILogger<ShellTurnover> logger)
{
    private HostShell? _underWay;
    private long _since;

    /// <summary>Compares the pool before and after an event.</summary>
    /// <param name="before">The sums before it.</param>
    /// <param name="after">The sums after it.</param>
    /// <param name="learned">The shell that the event told of; null for any other event.</param>
    public void Observe(PoolTotals before, PoolTotals after, HostShell? learned)
    {
        if (learned is not null && before.ShellToken != after.ShellToken)
        {
            // What a server learns when it starts is a change only for pages that it has booted already.
            _underWay = before.ShellToken is not null || after.Behind > 0 ? learned : null;
            _since = time.GetTimestamp();
            if (_underWay is not null)
            {
                LogChanged(after.Behind, before.ShellToken ?? "none", learned.Token);
            }
        }

        if (!before.ShellIsUnstable && after.ShellIsUnstable)
        {
            LogUnstable(after.ShellToken!, after.Behind);
        }

        if (_underWay is { } shell && after.Behind == 0)
        {
            _underWay = null;
            var here = time.GetElapsedTime(_since);
            // By the registry's clock, which may be a little ahead of this one.
            var all = time.GetUtcNow() - shell.ChangedAt;
            metrics.Fresh(all > here ? all : here);
            LogFresh(shell.Generation, shell.Token, here.TotalMilliseconds, (all > here ? all : here).TotalMilliseconds);
        }
    }

    [LoggerMessage(LogLevel.Information, "Recycling {SlotCount} slots: host shell changed from {OldToken} to {NewToken}.")]
    private partial void LogChanged(int slotCount, string oldToken, string newToken);

    [LoggerMessage(LogLevel.Information, "Every page has host shell generation {Generation}, token {Token}: {HereMs:F0} ms after this server heard of it, {AllMs:F0} ms after it became current.")]
    private partial void LogFresh(long generation, string token, double hereMs, double allMs);

    [LoggerMessage(LogLevel.Error, "The host shell differs on every fetch, so no page can have the current one, {Token}. Something is put into it per request, a nonce perhaps. "
        + "Have the host name the shell without it in X-Host-Shell, or stop whatever takes that header off. Until then pages serve as they are ({SlotCount} of them), results are marked stale, "
        + "and the fleet is not recycled for it.")]
    private partial void LogUnstable(string token, int slotCount);
}
