using Fleet.Contracts;

namespace Fleet.RealmServer.Rendering;

/// <summary>Finds results whose status no response can have.</summary>
internal static class PageStatus
{
    /// <summary>Why the response cannot have the result's status; null if it can: it is allowed (<see cref="PageStatusRules"/>), and a redirect has a target.</summary>
    public static string? ProblemOf(RenderResult result) => result switch
    {
        { Status: 0 } => null,
        { Status: var status } when !PageStatusRules.IsAllowed(status) => $"The page set the status {result.Status}, which a response with content cannot have: use {PageStatusRules.Allowed}.",
        { Status: >= 300 and <= 399, RedirectUrl: null } => $"The page set the status {result.Status} without a Location: add <meta name=\"prerender-header\" content=\"Location: …\">.",
        _ => null,
    };
}
