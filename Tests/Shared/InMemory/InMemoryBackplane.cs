using Fleet.Registry.Events;

namespace Fleet.Tests.InMemory;

/// <inheritdoc/>
internal sealed class InMemoryBackplane(ChangeListeners notifications) : IBackplane
{
    public Task PublishAsync(FleetEvent notification, CancellationToken cancellationToken)
    {
        notifications.Raise(notification);
        return Task.CompletedTask;
    }

    public Task<IAsyncDisposable> SubscribeAsync(Action<FleetEvent> onNotification, CancellationToken cancellationToken) => Task.FromResult(notifications.Add(onNotification));
}
