using Fleet.Contracts;

namespace Fleet.RealmServer.Rendering;

/// <summary>What is to become of a render's result.</summary>
internal enum StoreAction
{
    /// <summary>A good page on the current shell.</summary>
    Store,

    /// <summary>A good page on an older shell, or one that nobody could verify: stored if nothing newer is, and soon replaced.</summary>
    StoreAndRenderAgain,

    /// <summary>It says nothing about the content: the infrastructure failed. Nothing is stored.</summary>
    RenderAgain,

    /// <summary>An error of a page that was not on the current shell from beginning to end, or may not have been. Nothing is stored.</summary>
    WithholdAndRenderAgain,

    /// <summary>The content fails on the current shell. It is listed as a failure; the last good page stays.</summary>
    RecordFailure,
}

/// <summary>Decides what is stored. A page that runs yesterday's bundle has no say in what is an error today.</summary>
internal static class StoreDecision
{
    /// <param name="result">What the visit produced.</param>
    /// <param name="known">The fleet's shell generation as the storing side knows it now, after the visit: the renderer may have missed a change.</param>
    public static StoreAction For(RenderResult result, long? known) => result switch
    {
        { Outcome: RenderOutcome.NoVerdict } or { Shell: null } => StoreAction.RenderAgain,
        { Outcome: RenderOutcome.Rendered } when HasPage(result) => IsCurrent(result.Shell, known) ? StoreAction.Store : StoreAction.StoreAndRenderAgain,
        { Shell.CurrentAtStart: true } when IsCurrent(result.Shell, known) => StoreAction.RecordFailure,
        _ => StoreAction.WithholdAndRenderAgain,
    };

    /// <summary>One sentence on why a result is no page.</summary>
    public static string Reason(RenderResult result) =>
        result.Diagnostics?.Message ?? (result.Outcome == RenderOutcome.Rendered
            ? "The render has neither the format 'isolated' nor 'html'."
            : $"The render ended as {result.Outcome}{(result.Status > 0 ? $" with status {result.Status}" : "")}.");

    // Both must say so: the renderer, and what the storing side has heard meanwhile.
    private static bool IsCurrent(ShellStamp shell, long? known) => shell.Current == true && shell.Generation >= known;

    private static bool HasPage(RenderResult result) =>
        result.Formats.ContainsKey(RenderFormat.Isolated) || result.Formats.ContainsKey(RenderFormat.Html) || result.RedirectUrl is not null;
}
