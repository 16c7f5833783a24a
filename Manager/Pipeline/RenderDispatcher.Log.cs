using Fleet.Manager.Forwarding;

namespace Fleet.Manager.Pipeline;

internal sealed partial class RenderDispatcher
{
    [LoggerMessage(LogLevel.Information, "Passing over {Server} at {Url} until it answers /alive: {Kind}.")]
    private partial void LogSuspected(string server, string url, ForwardKind kind);

    [LoggerMessage(LogLevel.Warning, "Two browsers crashed while {Url} was being rendered; it is not tried again for a while.")]
    private partial void LogQuarantined(string url);

    [LoggerMessage(LogLevel.Information, "Render {RequestId} did not succeed on {Server} ({Kind}, attempt {Attempt}) and is tried again.")]
    private partial void LogRetry(string requestId, string server, ForwardKind kind, int attempt);
}
