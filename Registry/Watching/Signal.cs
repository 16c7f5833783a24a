using System.Threading.Channels;

namespace Fleet.Registry.Watching;

/// <summary>Wakes one loop. Any number of calls to <see cref="Set"/> before the loop looks are one.</summary>
internal sealed class Signal
{
    private readonly Channel<bool> _channel = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public void Set() => _channel.Writer.TryWrite(true);

    /// <summary>Waits until it is set, at most <paramref name="timeout"/>, and resets it. False when the time was up.</summary>
    public async Task<bool> WaitAsync(TimeSpan timeout, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var set = _channel.Reader.WaitToReadAsync(done.Token).AsTask();
        await Task.WhenAny(set, Task.Delay(timeout, timeProvider, done.Token));
        await done.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return _channel.Reader.TryRead(out _);
    }
}
