using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Browser.Processes;

namespace Fleet.PrerenderServer.Browser;

/// <summary>One browser context with its page. Known from the moment its making begins, so that one that is made half can be closed.</summary>
internal sealed class BrowserSlot(long slot, int generation, BrowserProcess process, Task<CdpContext> context)
{
    private int _ending;

    /// <summary>Number of the slot.</summary>
    public long Slot => slot;

    /// <summary>The browser process it lives in.</summary>
    public int Generation => generation;

    /// <summary>The browser it lives in.</summary>
    public BrowserProcess Process => process;

    /// <summary>The context, or its making.</summary>
    public Task<CdpContext> Context => context;

    /// <summary>The booted page; null before the first boot is done.</summary>
    public BrowserPage? Page { get; set; }

    /// <summary>Whether we are ending it ourselves, so that its end is no loss.</summary>
    public bool Ending => Volatile.Read(ref _ending) != 0;

    /// <summary>Notes that its end is wanted.</summary>
    public void MarkEnding() => Interlocked.Exchange(ref _ending, 1);
}
