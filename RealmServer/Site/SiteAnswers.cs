using Fleet.Contracts;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Problems;
using Microsoft.Net.Http.Headers;

namespace Fleet.RealmServer.Site;

/// <summary>Answers that no page is needed for.</summary>
internal static class SiteAnswers
{
    /// <summary>Whether the caller prefers JSON to a page.</summary>
    public static bool WantsJson(HttpContext http) => AcceptHeader.PrefersJson(http.Request.Headers.Accept);

    /// <summary>404. The same URL may be a page for clients that accept HTML, and may exist a moment later.</summary>
    public static Task NotFoundAsync(HttpContext http, string path)
    {
        http.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Accept);
        http.Response.Headers.CacheControl = "no-store";
        return FleetProblem.Result(StatusCodes.Status404NotFound, "not-found", $"There is nothing at {path}.").ExecuteAsync(http);
    }

    /// <summary>Redirects permanently to a path, with the query of the request. Other callers get another response at the same URL, so a cache must not use it without
    /// asking.</summary>
    public static Task RedirectAsync(HttpContext http, string path)
    {
        var headers = http.Response.Headers;
        headers.Append(HeaderNames.Vary, PageResponse.Vary);
        // For a private realm the header is already set.
        headers.CacheControl = headers.CacheControl.Count > 0 ? headers.CacheControl : PageResponse.Revalidate;
        return Results.Redirect(path + http.Request.QueryString, permanent: true, preserveMethod: true).ExecuteAsync(http);
    }

    /// <summary>414, with the length and the maximum. A visitor may get the app at the same URL.</summary>
    public static Task TooLongAsync(HttpContext http, string what, int length)
    {
        http.Response.Headers.CacheControl = "no-store";
        return FleetProblem.Result(
            StatusCodes.Status414UriTooLong, "url-too-long", $"The {what} has {length} characters; the maximum is {RenderLimits.MaxUrlLength}.").ExecuteAsync(http);
    }
}
