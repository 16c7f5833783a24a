using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;

namespace Fleet.PrerenderServer.Browser;

/// <summary>The browser operations of the pool. Each is keyed by slot or generation, so that partially created resources can be closed.
/// Every call has its own deadline and honors its token. Closing or killing a slot or generation that no longer exists does nothing.</summary>
internal interface IBrowserAdapter : IAsyncDisposable
{
    /// <summary>Called on unexpected losses: a page crashed, or a browser process exited. Set it once, before the first launch. It is called on any
    /// thread, must be quick and must not throw.</summary>
    Action<BrowserLoss> OnLost { set; }

    /// <summary>Why the last launch or boot failed, for people; null after a successful boot.</summary>
    string? LastFailure => null;

    /// <summary>Product and version of the browser that was launched last; null before the first launch.</summary>
    string? Product => null;

    /// <summary>Starts the browser process of a generation. Throws <see cref="BrowserException"/> with a message for people. After a failed launch,
    /// call <see cref="KillAsync"/>, because processes may be left.</summary>
    Task LaunchAsync(int generation, CancellationToken cancellationToken);

    /// <summary>Creates a context in the generation's process, with a page, and boots the host app in it (standby).</summary>
    Task<IBrowserPage> CreateAsync(long slot, int generation, CancellationToken cancellationToken);

    /// <summary>Creates a context in the generation's process, with an empty page, which boots the host app when a render needs it.</summary>
    Task<IBrowserPage> CreateEmptyAsync(long slot, int generation, CancellationToken cancellationToken);

    /// <summary>Replaces the slot's page with a newly booted one in the same context, which keeps the HTTP cache.</summary>
    Task<IBrowserPage> ReplacePageAsync(long slot, CancellationToken cancellationToken);

    /// <summary>Whether the slot's page evaluates a trivial expression in time.</summary>
    Task<bool> ProbeAsync(long slot, CancellationToken cancellationToken);

    /// <summary>Stops all scripts of the slot's page. Close stage 1; also used to free a page that timed out.</summary>
    Task TerminateAsync(long slot, CancellationToken cancellationToken);

    /// <summary>Disposes the slot's context. Close stage 2. Returns when the browser has confirmed it.</summary>
    Task CloseAsync(long slot, CancellationToken cancellationToken);

    /// <summary>Crashes the slot's renderer (<c>Page.crash</c>). Close stage 3.</summary>
    Task CrashAsync(long slot, CancellationToken cancellationToken);

    /// <summary>Kills the process tree of a generation and removes its profile folder. Close stage 4. Returns when the processes are gone.</summary>
    Task KillAsync(int generation, CancellationToken cancellationToken);

    /// <summary>Kills all remaining generations, including those whose launch failed. Throws <see cref="BrowserException"/> if a process survives.</summary>
    Task KillAllAsync(CancellationToken cancellationToken);

    /// <summary>Measures the memory of a generation: of its process tree, and of each slot whose page answers.</summary>
    Task<BrowserMemory> MeasureAsync(int generation, CancellationToken cancellationToken);
}

/// <summary>The unexpected loss of a page or a browser process.</summary>
/// <param name="Generation">The browser generation.</param>
/// <param name="Slot">The slot whose page crashed or exceeded a limit; null if the browser process exited.</param>
/// <param name="Reason">The reason, for the log.</param>
internal sealed record BrowserLoss(int Generation, long? Slot, string Reason);

/// <summary>Memory of a browser process tree, in bytes (PSS where available, otherwise RSS).</summary>
/// <param name="TotalBytes">All processes of the generation.</param>
/// <param name="SlotBytes">Memory of each slot's page: its JavaScript heap, buffers and nodes. Pages that did not answer are missing.</param>
internal sealed record BrowserMemory(long TotalBytes, IReadOnlyDictionary<long, long> SlotBytes);
