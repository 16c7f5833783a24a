using Fleet.PrerenderServer.Pool.Core.State;
using Microsoft.Extensions.Logging;

namespace Fleet.PrerenderServer.Pool;

internal sealed partial class PoolEffects
{
    [LoggerMessage(LogLevel.Information, "Browser {Generation} is up.")]
    private partial void LogLaunched(int generation);

    [LoggerMessage(LogLevel.Warning, "Browser {Generation} did not start: {Why}")]
    private partial void LogLaunchFailed(int generation, string why);

    [LoggerMessage(LogLevel.Information, "Browser {Generation} is gone.")]
    private partial void LogKilled(int generation);

    [LoggerMessage(LogLevel.Error, "Browser {Generation} could not be killed, trying again: {Why}")]
    private partial void LogKillFailed(int generation, string why);

    [LoggerMessage(LogLevel.Error, "Not every browser could be killed: {Why}")]
    private partial void LogAbortFailed(string why);

    [LoggerMessage(LogLevel.Information, "Slot {Slot} did not boot: its time was up, or it is not wanted any more.")]
    private partial void LogBootGivenUp(long slot);

    [LoggerMessage(LogLevel.Warning, "Slot {Slot} did not boot: {Why}")]
    private partial void LogBootFailed(long slot, string why);

    [LoggerMessage(LogLevel.Information, "Slot {Slot} could not be asked whether it answers: {Why}")]
    private partial void LogProbeFailed(long slot, string why);

    [LoggerMessage(LogLevel.Warning, "Slot {Slot} did not close at stage {Stage}: {Why}")]
    private partial void LogCloseFailed(long slot, CloseStage stage, string why);
}
