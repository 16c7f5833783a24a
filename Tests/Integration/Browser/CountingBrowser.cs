using System.Collections.Concurrent;
using Fleet.PrerenderServer.Browser;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Browser.Processes;

namespace Fleet.Tests.Browser;

/// <summary>Wraps a browser and counts its contexts from the commands and their confirmations, independent of the pool's count, which is tested.</summary>
internal sealed class CountingBrowser(IBrowserAdapter inner) : IBrowserAdapter
{
    private readonly ConcurrentDictionary<long, int> _alive = new();
    private int _peak;

    /// <summary>Largest number of contexts that existed at one time.</summary>
    public int Peak => Volatile.Read(ref _peak);

    public Action<BrowserLoss> OnLost { set => inner.OnLost = value; }

    public Task LaunchAsync(int generation, CancellationToken cancellationToken) => inner.LaunchAsync(generation, cancellationToken);

    public Task<IBrowserPage> CreateAsync(long slot, int generation, CancellationToken cancellationToken)
    {
        Count(slot, generation);
        return inner.CreateAsync(slot, generation, cancellationToken);
    }

    public Task<IBrowserPage> CreateEmptyAsync(long slot, int generation, CancellationToken cancellationToken)
    {
        Count(slot, generation);
        return inner.CreateEmptyAsync(slot, generation, cancellationToken);
    }

    private void Count(long slot, int generation)
    {
        _alive[slot] = generation;
        var alive = _alive.Count;
        for (var seen = Peak; alive > seen && Interlocked.CompareExchange(ref _peak, alive, seen) != seen; seen = Peak)
        {
        }
    }

    public Task<IBrowserPage> ReplacePageAsync(long slot, CancellationToken cancellationToken) => inner.ReplacePageAsync(slot, cancellationToken);

    public Task<bool> ProbeAsync(long slot, CancellationToken cancellationToken) => inner.ProbeAsync(slot, cancellationToken);

    public Task TerminateAsync(long slot, CancellationToken cancellationToken) => inner.TerminateAsync(slot, cancellationToken);

    public async Task CloseAsync(long slot, CancellationToken cancellationToken)
    {
        await inner.CloseAsync(slot, cancellationToken);
        _alive.TryRemove(slot, out _);
    }

    public Task CrashAsync(long slot, CancellationToken cancellationToken) => inner.CrashAsync(slot, cancellationToken);

    public async Task KillAsync(int generation, CancellationToken cancellationToken)
    {
        await inner.KillAsync(generation, cancellationToken);
        foreach (var (slot, _) in _alive.Where(pair => pair.Value == generation))
        {
            _alive.TryRemove(slot, out _);
        }
    }

    public async Task KillAllAsync(CancellationToken cancellationToken)
    {
        await inner.KillAllAsync(cancellationToken);
        _alive.Clear();
    }

    public Task<BrowserMemory> MeasureAsync(int generation, CancellationToken cancellationToken) => inner.MeasureAsync(generation, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
