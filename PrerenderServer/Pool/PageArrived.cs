using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Pool.Core;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Pool;

/// <summary>A page has booted, with the page itself. The core reads the base record only: it decides without touching a page.</summary>
internal sealed record PageArrived(long Slot, long Op, IBrowserPage Page) : PageBooted(Slot, Op, Page.ShellToken);
