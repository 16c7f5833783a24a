using Microsoft.Extensions.Logging;

namespace Fleet.Registry.Events;

/// <summary>Those in this process who listen to hints.</summary>
internal sealed partial class ChangeListeners(ILogger logger)
{
    private readonly Lock _gate = new();
    private Listener[] _listeners = [];

    public IAsyncDisposable Add(Action<FleetEvent> onHint)
    {
        var listener = new Listener(this, onHint);
        lock (_gate)
        {
            _listeners = [.. _listeners, listener];
        }

        return listener;
    }

    /// <summary>Tells everybody. One who throws is logged: it must not keep the hint from the others.</summary>
    public void Raise(FleetEvent hint)
    {
        foreach (var listener in Volatile.Read(ref _listeners))
        {
            try
            {
                listener.OnHint(hint);
            }
#pragma warning disable CA1031 // Whatever a listener throws, the others must hear the hint.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogListenerFailed(hint.Kind, exception);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A listener failed on a {Kind} hint.")]
    private partial void LogListenerFailed(FleetEventKind kind, Exception exception);

    private sealed class Listener(ChangeListeners owner, Action<FleetEvent> onHint) : IAsyncDisposable
    {
        public Action<FleetEvent> OnHint { get; } = onHint;

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
