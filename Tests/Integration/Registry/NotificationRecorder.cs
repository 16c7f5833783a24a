using System.Collections.Concurrent;
using Fleet.Registry.Events;

namespace Fleet.Tests.Registry;

/// <summary>Records every change notification that it receives.</summary>
internal sealed class NotificationRecorder : IAsyncDisposable
{
    private readonly ConcurrentQueue<FleetEvent> _received = [];
    private IAsyncDisposable? _subscription;

    public IReadOnlyCollection<FleetEvent> Received => _received;

    public static async Task<NotificationRecorder> StartAsync(IBackplane backplane)
    {
        var recorder = new NotificationRecorder();
        recorder._subscription = await backplane.SubscribeAsync(recorder._received.Enqueue, TestContext.Current.CancellationToken);
        return recorder;
    }

    public Task WaitForAsync(FleetEvent notification) => Eventually.TrueAsync(
        () => _received.Contains(notification), () => $"the notification {notification}; received: {string.Join("; ", _received)}");

    public ValueTask DisposeAsync() => _subscription?.DisposeAsync() ?? ValueTask.CompletedTask;
}
