using Fleet.Contracts;

namespace Fleet.RealmServer.Rendering;

/// <summary>What to do with a render's result.</summary>
internal enum StoreAction
{
    /// <summary>A good page on the current shell. It is stored.</summary>
    Store,

    /// <summary>A good page on an older or unverified shell. It is stored unless a newer page is, and rendered again.</summary>
    StoreAndRenderAgain,

    /// <summary>The infrastructure failed; the result is no verdict on the content. Nothing is stored.</summary>
    RenderAgain,

    /// <summary>An error of a page that was not verifiably on the current shell for the whole render. Nothing is stored.</summary>
    WithholdAndRenderAgain,

    /// <summary>The content fails on the current shell. The failure is recorded; the last good page stays.</summary>
    RecordFailure,
}

/// <summary>Decides what is stored. An error of a page on a stale shell is no verdict on the content.</summary>
internal static class StoreDecision
{
    /// <summary>Decides on a render's result.</summary>
    /// <param name="result">The render's result.</param>
    /// <param name="known">The fleet's shell generation as this replica knows it after the render, since the prerender server
    /// may have missed a change. Null if not known.</param>
    public static StoreAction For(RenderResult result, long? known) => result switch
    {
        { Outcome: RenderOutcome.NoVerdict } or { Shell: null } => StoreAction.RenderAgain,
        { Outcome: RenderOutcome.Rendered } when HasPage(result) => IsCurrent(result.Shell, known) ? StoreAction.Store : StoreAction.StoreAndRenderAgain,
        { Shell.CurrentAtStart: true } when IsCurrent(result.Shell, known) => StoreAction.RecordFailure,
        _ => StoreAction.WithholdAndRenderAgain,
    };

    /// <summary>One sentence on why a result is not a good page.</summary>
    public static string Reason(RenderResult result) =>
        result.Diagnostics?.Message ?? (result.Outcome == RenderOutcome.Rendered
            ? "The render has neither the format 'isolated' nor 'html'."
            : $"The render ended as {result.Outcome}{(result.Status > 0 ? $" with status {result.Status}" : "")}.");

    // Both the prerender server and this replica must consider the shell current.
    private static bool IsCurrent(ShellStamp shell, long? known) => shell.Current == true && shell.Generation >= known;

    private static bool HasPage(RenderResult result) =>
        result.Formats.ContainsKey(RenderFormat.Isolated) || result.Formats.ContainsKey(RenderFormat.Html) || result.RedirectUrl is not null;
}
