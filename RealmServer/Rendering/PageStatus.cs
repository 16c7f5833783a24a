using Fleet.Contracts;

namespace Fleet.RealmServer.Rendering;

/// <summary>Decides which statuses a page may give its response (<c>prerender-status-code</c>).</summary>
internal static class PageStatus
{
    /// <summary>Why the response cannot have the result's status; null if it can. A response with content has a status of 200 to 599 except 204, 205, 206 and 304, and a
    /// redirect has a target.</summary>
    public static string? ProblemOf(RenderResult result) => result switch
    {
        { Status: 0 } => null,
        { Status: not (>= 200 and <= 599) or 204 or 205 or 206 or 304 } => $"The page set the status {result.Status}, which a response with content cannot have: use 200 to 599 except 204, 205, 206 and 304.",
        { Status: >= 300 and <= 399, RedirectUrl: null } => $"The page set the status {result.Status} without a Location: add <meta name=\"prerender-header\" content=\"Location: …\">.",
        _ => null,
    };
}
