using System.Text.Json;
using Fleet.Contracts;
using Fleet.Registry.Events;
using Fleet.ServiceDefaults.Concurrency;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Fleet.Registry.Redis;

/// <inheritdoc/>
/// <remarks>The client subscribes again after a reconnect. One loop repeats a first subscription that failed, and raises
/// <see cref="FleetEventKind.Reconnected"/> after a reconnect, because notifications may have been lost meanwhile.</remarks>
internal sealed partial class RedisBackplane : IBackplane, IAsyncDisposable
{
    private readonly RedisConnection _connection;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<RedisBackplane> _logger;
    private readonly ChangeListeners _listeners;
    private readonly AsyncAutoResetEvent _restored = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _tried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lazy<Task> _keeper;
    private bool _isFailureLogged;

    public RedisBackplane(RedisConnection connection, TimeProvider timeProvider, ILogger<RedisBackplane> logger)
    {
        (_connection, _timeProvider, _logger) = (connection, timeProvider, logger);
        _listeners = new(logger);
        _keeper = new(() => Task.Run(KeepSubscribedAsync));
    }

    public async Task PublishAsync(FleetEvent notification, CancellationToken cancellationToken)
    {
        try
        {
            await _connection.CallAsync("send a change notification", database => database.PublishAsync(RedisKeys.Events, RegistryJson.Write(notification)), cancellationToken);
        }
        catch (RegistryUnavailableException exception)
        {
            LogNotSent(notification.Kind, exception.Message);
        }
    }

    /// <summary>Subscribes. Returns after the first attempt, even if it failed: the loop then keeps trying and raises
    /// <see cref="FleetEventKind.Reconnected"/> when it succeeds.</summary>
    public async Task<IAsyncDisposable> SubscribeAsync(Action<FleetEvent> onNotification, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
        var subscription = _listeners.Add(onNotification);
        _ = _keeper.Value;
        try
        {
            await _tried.Task.WaitAsync(cancellationToken);
            return subscription;
        }
        catch
        {
            await subscription.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        await _stopping.CancelAsync();
        if (_keeper.IsValueCreated)
        {
            await _keeper.Value;
        }

        _stopping.Dispose();
    }

    private async Task KeepSubscribedAsync()
    {
        void OnRestored(object? sender, ConnectionFailedEventArgs arguments) => _restored.Set();
        _connection.Multiplexer.ConnectionRestored += OnRestored;
        try
        {
            var subscribed = await TrySubscribeAsync();
            _tried.TrySetResult();
            while (true)
            {
                var restored = await _restored.WaitAsync(RegistryTtl.Repeat, _timeProvider, _stopping.Token);
                var late = !subscribed && (subscribed = await TrySubscribeAsync());
                if (restored || late)
                {
                    LogReconnected();
                    _listeners.Raise(new FleetEvent(FleetEventKind.Reconnected, "", 0));
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            await TryUnsubscribeAsync();
        }
        finally
        {
            _connection.Multiplexer.ConnectionRestored -= OnRestored;
            _tried.TrySetResult();
        }
    }

    private async Task<bool> TrySubscribeAsync()
    {
        try
        {
            // A queue keeps the order of the messages; a handler would be called concurrently.
            var messages = await _connection.CallAsync("subscribe", _ => _connection.Multiplexer.GetSubscriber().SubscribeAsync(RedisKeys.Events), _stopping.Token);
            messages.OnMessage(OnMessage);
            return true;
        }
        catch (RegistryUnavailableException exception)
        {
            // Until it succeeds, it is tried every few seconds.
            if (!_isFailureLogged)
            {
                LogNotSubscribed(exception.Message);
            }

            _isFailureLogged = true;
            return false;
        }
    }

    private async Task TryUnsubscribeAsync()
    {
        try
        {
            await _connection.CallAsync(
                "unsubscribe", _ => Completed(_connection.Multiplexer.GetSubscriber().UnsubscribeAsync(RedisKeys.Events)), CancellationToken.None);
        }
        catch (RegistryUnavailableException exception)
        {
            // Redis drops the subscription with the connection.
            LogNotUnsubscribed(exception.Message);
        }
    }

    private static async Task<bool> Completed(Task task)
    {
        await task;
        return true;
    }

    private void OnMessage(ChannelMessage message)
    {
        if (RegistryJson.Read<FleetEvent>(message.Message.ToString(), RedisKeys.EventsName, _logger) is { Subject: not null } notification)
        {
            _listeners.Raise(notification);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A {Kind} change notification was not sent; readers will see the change on their next poll. {Reason}")]
    private partial void LogNotSent(FleetEventKind kind, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cannot subscribe to change notifications yet; polling continues. {Reason}")]
    private partial void LogNotSubscribed(string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Cannot unsubscribe from change notifications. {Reason}")]
    private partial void LogNotUnsubscribed(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The connection to Redis is restored; reading everything again.")]
    private partial void LogReconnected();
}
