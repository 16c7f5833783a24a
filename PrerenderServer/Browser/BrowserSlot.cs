using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Browser.Processes;

namespace Fleet.PrerenderServer.Browser;

/// <summary>A browser context with its page. It is registered before the context is created, so that a partially created one can be closed.</summary>
internal sealed class BrowserSlot(long slot, int generation, BrowserProcess process, Task<CdpContext> context)
{
    private int _ending;

    /// <summary>Number of the slot.</summary>
    public long Slot => slot;

    /// <summary>The browser generation it belongs to.</summary>
    public int Generation => generation;

    /// <summary>The browser process it belongs to.</summary>
    public BrowserProcess Process => process;

    /// <summary>The creation of the context.</summary>
    public Task<CdpContext> Context => context;

    /// <summary>The booted page; null before the first boot has completed.</summary>
    public BrowserPage? Page { get; set; }

    /// <summary>Whether this server is closing it, so that its end is not reported as a loss.</summary>
    public bool Ending => Volatile.Read(ref _ending) != 0;

    /// <summary>Sets <see cref="Ending"/>.</summary>
    public void MarkEnding() => Interlocked.Exchange(ref _ending, 1);
}
