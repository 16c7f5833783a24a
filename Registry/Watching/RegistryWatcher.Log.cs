using Microsoft.Extensions.Logging;

namespace Fleet.Registry.Watching;

public sealed partial class RegistryWatcher<T>
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The {Name} cannot be read; what was last read at {ReadAt:O} stays. {Reason}")]
    private partial void LogAway(string name, DateTimeOffset? readAt, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The {Name} still cannot be read. {Reason}")]
    private partial void LogStillAway(string name, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The {Name} can be read again, after {Failures} failures.")]
    private partial void LogBack(string name, int failures);

    [LoggerMessage(Level = LogLevel.Error, Message = "A listener failed on a reading of the {Name}.")]
    private partial void LogListenerFailed(string name, Exception exception);
}
