namespace Fleet.Contracts;

/// <summary>Decides which statuses a page may give its response (<c>prerender-status-code</c>, or that of its document).</summary>
public static class PageStatusRules
{
    /// <summary>The statuses, for messages.</summary>
    public const string Allowed = "200 to 599 except 204, 205, 206 and 304";

    /// <summary>Whether a page may have this status: 200 to 599, without those whose responses have no content (204, 205, 304) or only a part of it (206).</summary>
    /// <param name="status">The status.</param>
    public static bool IsAllowed(int status) => status is >= 200 and <= 599 and not (204 or 205 or 206 or 304);
}
