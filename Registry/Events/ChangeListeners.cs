using Microsoft.Extensions.Logging;

namespace Fleet.Registry.Events;

/// <summary>The listeners to change notifications in this process.</summary>
internal sealed partial class ChangeListeners(ILogger logger)
{
    private readonly Lock _gate = new();
    private Listener[] _listeners = [];

    public IAsyncDisposable Add(Action<FleetEvent> onNotification)
    {
        var listener = new Listener(this, onNotification);
        lock (_gate)
        {
            _listeners = [.. _listeners, listener];
        }

        return listener;
    }

    /// <summary>Calls every listener. An exception of one is logged and does not affect the others.</summary>
    public void Raise(FleetEvent notification)
    {
        foreach (var listener in Volatile.Read(ref _listeners))
        {
            try
            {
                listener.OnNotification(notification);
            }
#pragma warning disable CA1031 // A failing listener must not keep the notification from the others.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogListenerFailed(notification.Kind, exception);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A listener failed on a {Kind} change notification.")]
    private partial void LogListenerFailed(FleetEventKind kind, Exception exception);

    private sealed class Listener(ChangeListeners owner, Action<FleetEvent> onNotification) : IAsyncDisposable
    {
        public Action<FleetEvent> OnNotification { get; } = onNotification;

        public ValueTask DisposeAsync()
        {
            lock (owner._gate)
            {
                owner._listeners = [.. owner._listeners.Where(listener => listener != this)];
            }

            return ValueTask.CompletedTask;
        }
    }
}
