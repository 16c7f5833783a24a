using Fleet.Registry.Events;

namespace Fleet.Tests.InMemory;

/// <inheritdoc/>
internal sealed class InMemoryBackplane(ChangeListeners hints) : IBackplane
{
    public Task PublishAsync(FleetEvent hint, CancellationToken cancellationToken)
    {
        hints.Raise(hint);
        return Task.CompletedTask;
    }

    public Task<IAsyncDisposable> SubscribeAsync(Action<FleetEvent> onHint, CancellationToken cancellationToken) => Task.FromResult(hints.Add(onHint));
}
