using Fleet.Contracts;
using Fleet.ServiceDefaults;

namespace Fleet.RealmServer.Rendering;

/// <summary>Finds requests of a page to its own origin that failed. Such a page may show an error instead of its content, although it rendered.</summary>
internal static class OwnRequests
{
    // Requests that the page or the fleet ended, which is no failure of the app.
    private static readonly string[] s_endedOnPurpose = ["ERR_ABORTED", "ERR_BLOCKED_BY_CLIENT"];

    /// <summary>The first request to the page's own origin that got a status of 500 or above or no answer, or 404 or 410 for a script or style with a hash in its name, which an app
    /// requests only while a deploy is not complete or has removed it; as <c>GET http://…: 503</c>; null if there is none.</summary>
    public static string? FailureOf(RenderResult result) => Uri.TryCreate(result.Url, UriKind.Absolute, out var page)
        ? result.Diagnostics?.FailedRequests.FirstOrDefault(line => IsFailure(line, page))
        : null;

    // A line is "<method> <url>: <status or error>"; a line that is cut off has no end that could be read.
    private static bool IsFailure(string line, Uri page)
    {
        var (start, end) = (line.IndexOf(' ', StringComparison.Ordinal) + 1, line.LastIndexOf(": ", StringComparison.Ordinal));
        if (start <= 0 || end <= start || !Uri.TryCreate(line[start..end], UriKind.Absolute, out var url) || url.GetLeftPart(UriPartial.Authority) != page.GetLeftPart(UriPartial.Authority))
        {
            return false;
        }

        var what = line[(end + 2)..];
        return int.TryParse(what, out var status) ? status >= 500 || (status is 404 or 410 && IsOfBuild(Path.GetFileName(url.AbsolutePath)))
            : what.Contains("ERR_", StringComparison.Ordinal) && !s_endedOnPurpose.Any(code => what.Contains(code, StringComparison.Ordinal));
    }

    // A name that may have a hash is enough: the page is rendered again, and is not lost.
    private static bool IsOfBuild(string file) => Path.GetExtension(file) is ".js" or ".mjs" or ".css" && ContentHash.MayBeIn(file);
}
