using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Browser.Processes;

namespace Fleet.PrerenderServer.Browser;

/// <summary>The primitives the pool runs on a browser. Each is keyed by slot or generation, so that what was half made can still be closed.
/// Every call has a deadline of its own and honours its token; none throws for a slot or generation that is already gone.</summary>
internal interface IBrowserAdapter : IAsyncDisposable
{
    /// <summary>Losses that nobody asked for: a crashed page, a browser process that ended. Set once, before the first launch;
    /// called on any thread; must be quick and must not throw.</summary>
    Action<BrowserLoss> OnLost { set; }

    /// <summary>Why the last launch or boot failed, a sentence for people; null since one succeeded.</summary>
    string? LastFailure => null;

    /// <summary>Starts the browser process of a generation. Throws <see cref="BrowserException"/> with a sentence for people. A launch that failed is
    /// followed by <see cref="KillAsync"/>: something of it may be left.</summary>
    Task LaunchAsync(int generation, CancellationToken cancellationToken);

    /// <summary>Makes a context in that generation's process and boots the host app in a page of it (standby).</summary>
    Task<IBrowserPage> CreateAsync(long slot, int generation, CancellationToken cancellationToken);

    /// <summary>Replaces the slot's document by a freshly booted one: same context and HTTP cache.</summary>
    Task<IBrowserPage> RepageAsync(long slot, CancellationToken cancellationToken);

    /// <summary>Whether the slot's page answers a trivial question in time.</summary>
    Task<bool> ProbeAsync(long slot, CancellationToken cancellationToken);

    /// <summary>Stops whatever script the slot's page runs. Close stage 1; also used to free a page that is late.</summary>
    Task TerminateAsync(long slot, CancellationToken cancellationToken);

    /// <summary>Disposes the slot's context. Close stage 2. Returns when the browser has confirmed it.</summary>
    Task CloseAsync(long slot, CancellationToken cancellationToken);

    /// <summary>Crashes the slot's renderer (<c>Page.crash</c>). Close stage 3.</summary>
    Task CrashAsync(long slot, CancellationToken cancellationToken);

    /// <summary>Kills the process tree of a generation and removes its profile folder. Close stage 4. Returns when the processes are gone.</summary>
    Task KillAsync(int generation, CancellationToken cancellationToken);

    /// <summary>Kills every generation that is left, one whose launch failed included. Throws <see cref="BrowserException"/> when a process outlives it.</summary>
    Task KillAllAsync(CancellationToken cancellationToken);

    /// <summary>Memory of a generation: the whole process tree, and per slot where it can be told.</summary>
    Task<BrowserMemory> MeasureAsync(int generation, CancellationToken cancellationToken);
}
