using System.Collections.Concurrent;
using Fleet.Registry.Events;

namespace Fleet.Tests.Registry;

/// <summary>Remembers every hint that it hears.</summary>
internal sealed class HintRecorder : IAsyncDisposable
{
    private readonly ConcurrentQueue<FleetEvent> _heard = [];
    private IAsyncDisposable? _subscription;

    public IReadOnlyCollection<FleetEvent> Heard => _heard;

    public static async Task<HintRecorder> StartAsync(IBackplane backplane)
    {
        var recorder = new HintRecorder();
        recorder._subscription = await backplane.SubscribeAsync(recorder._heard.Enqueue, TestContext.Current.CancellationToken);
        return recorder;
    }

    public Task WaitForAsync(FleetEvent hint) => Eventually.TrueAsync(
        () => _heard.Contains(hint), () => $"the hint {hint}; heard: {string.Join("; ", _heard)}");

    public ValueTask DisposeAsync() => _subscription?.DisposeAsync() ?? ValueTask.CompletedTask;
}
