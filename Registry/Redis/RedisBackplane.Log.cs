using Fleet.Registry.Events;
using Microsoft.Extensions.Logging;

namespace Fleet.Registry.Redis;

internal sealed partial class RedisBackplane
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "A {Kind} hint was not sent, readers will see the change with their next poll: {Reason}")]
    private partial void LogNotSent(FleetEventKind kind, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not subscribed to hints, polling goes on: {Reason}")]
    private partial void LogNotSubscribed(string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Not unsubscribed from hints: {Reason}")]
    private partial void LogNotUnsubscribed(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The connection to Redis is back, everything is read again.")]
    private partial void LogReconnected();
}
