using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Rendering.Operations;

/// <summary>Maps how a page ended to the condition in which it is returned.</summary>
internal static class PageTerminationExtensions
{
    /// <summary>The condition of a page that did not do what it should.</summary>
    /// <param name="end">How it ended.</param>
    /// <param name="whileOpen">Its condition if it is still open.</param>
    public static PageCondition ToCondition(this PageTermination end, PageCondition whileOpen) => end switch
    {
        PageTermination.None => whileOpen,
        PageTermination.Crashed => PageCondition.Crashed,
        _ => PageCondition.Hung,
    };
}
