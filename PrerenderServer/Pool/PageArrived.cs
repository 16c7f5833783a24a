using Fleet.PrerenderServer.Browser;
using Fleet.PrerenderServer.Pool.Core;

namespace Fleet.PrerenderServer.Pool;

/// <summary>A page has booted, with the page itself. The core reads the base record only: it decides without touching a page.</summary>
internal sealed record PageArrived(long Slot, long Op, IBrowserPage Page) : PageBooted(Slot, Op, Page.ShellToken);
