using Fleet.PrerenderServer.Pool.Core.State;
using Microsoft.Extensions.Logging;

namespace Fleet.PrerenderServer.Pool;

internal sealed partial class PoolActor
{
    [LoggerMessage(LogLevel.Information, "Replacing the browser: {Reason}")]
    private partial void LogRecycle(string reason);

    [LoggerMessage(LogLevel.Debug, "Slot {Slot} is closed: {Reason}, at stage {Stage}.")]
    private partial void LogClosed(long slot, CloseReason reason, CloseStage stage);

    [LoggerMessage(LogLevel.Warning, "The page pool did not stop within {Bound}; {SlotCount} slots are left.")]
    private partial void LogStopOverdue(TimeSpan bound, int slotCount);

    [LoggerMessage(LogLevel.Critical, "The page pool broke an invariant, and this server ends: {Invariant} Its slots: {Slots}. Its last events, with the one that broke it at the end: {Events}")]
    private partial void LogBroken(Exception exception, string invariant, string slots, string events);
}
