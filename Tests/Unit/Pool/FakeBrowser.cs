using Fleet.PrerenderServer.Browser;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Browser.Processes;

namespace Fleet.Tests.Pool;

/// <summary>A fake browser: a gate in each primitive, and its own count of contexts, independent of the pool's.</summary>
internal sealed class FakeBrowser : IBrowserAdapter
{
    private readonly Lock _sync = new();
    private readonly Dictionary<long, int> _contexts = [];
    private readonly HashSet<int> _processes = [];
    private Action<BrowserLoss> _lost = _ => { };
    private int _documents;

    public Gate Launch { get; } = new("Launch");

    public Gate Create { get; } = new("Create");

    public Gate ReplacePage { get; } = new("ReplacePage");

    public Gate Probe { get; } = new("Probe");

    public Gate Terminate { get; } = new("Terminate");

    public Gate Close { get; } = new("Close");

    public Gate Crash { get; } = new("Crash");

    public Gate Kill { get; } = new("Kill");

    public Gate Measure { get; } = new("Measure");

    public string? ShellToken { get; set; }

    public bool Answers { get; set; } = true;

    public BrowserMemory Memory { get; set; } = new(0, new Dictionary<long, long>());

    public int MostContexts { get; private set; }

    public int Contexts => Locked(() => _contexts.Count);

    public int Processes => Locked(() => _processes.Count);

    public Action<BrowserLoss> OnLost
    {
        set => _lost = value;
    }

    public void LoseBrowser(int generation) => _lost(new BrowserLoss(generation, null, "the test ended it"));

    public void LosePage(int generation, long slot) => _lost(new BrowserLoss(generation, slot, "the test crashed it"));

    public async Task LaunchAsync(int generation, CancellationToken cancellationToken)
    {
        await Launch.PassAsync(cancellationToken);
        Locked(() => _processes.Add(generation));
    }

    public async Task<IBrowserPage> CreateAsync(long slot, int generation, CancellationToken cancellationToken)
    {
        Locked(() =>
        {
            if (!_processes.Contains(generation))
            {
                throw new BrowserException($"There is no browser {generation}.");
            }

            _contexts.Add(slot, generation);
            return MostContexts = Math.Max(MostContexts, _contexts.Count);
        });
        await Create.PassAsync(cancellationToken);
        return NewPage(slot);
    }

    public Task<IBrowserPage> CreateEmptyAsync(long slot, int generation, CancellationToken cancellationToken) => CreateAsync(slot, generation, cancellationToken);

    public async Task<IBrowserPage> ReplacePageAsync(long slot, CancellationToken cancellationToken)
    {
        await ReplacePage.PassAsync(cancellationToken);
        return NewPage(slot);
    }

    public async Task<bool> ProbeAsync(long slot, CancellationToken cancellationToken)
    {
        await Probe.PassAsync(cancellationToken);
        return Answers;
    }

    public Task TerminateAsync(long slot, CancellationToken cancellationToken) => Terminate.PassAsync(cancellationToken);

    public async Task CloseAsync(long slot, CancellationToken cancellationToken)
    {
        await Close.PassAsync(cancellationToken);
        Locked(() => _contexts.Remove(slot));
    }

    public Task CrashAsync(long slot, CancellationToken cancellationToken) => Crash.PassAsync(cancellationToken);

    public async Task KillAsync(int generation, CancellationToken cancellationToken)
    {
        await Kill.PassAsync(cancellationToken);
        Locked(() =>
        {
            foreach (var slot in _contexts.Where(c => c.Value == generation).Select(c => c.Key).ToArray())
            {
                _contexts.Remove(slot);
            }

            return _processes.Remove(generation);
        });
    }

    public async Task KillAllAsync(CancellationToken cancellationToken)
    {
        foreach (var generation in Locked(() => _processes.ToArray()))
        {
            await KillAsync(generation, cancellationToken);
        }
    }

    public async Task<BrowserMemory> MeasureAsync(int generation, CancellationToken cancellationToken)
    {
        await Measure.PassAsync(cancellationToken);
        return Memory;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private FakePage NewPage(long slot) => new(slot, Interlocked.Increment(ref _documents), ShellToken);

    private T Locked<T>(Func<T> read)
    {
        lock (_sync)
        {
            return read();
        }
    }
}

/// <summary>A page of the fake browser. Two documents of one slot are two pages.</summary>
internal sealed record FakePage(long Slot, int Document, string? ShellToken) : IBrowserPage
{
    public bool IsHostBooted => true;

    public TimeSpan? MaxIdle => null;
}
