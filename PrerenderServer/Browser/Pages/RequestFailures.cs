using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>The failed requests of a page that suggest that it shows an error, or nothing, in place of its content. One that succeeds later is none. Bounded; not safe for concurrent use.</summary>
internal sealed class RequestFailures
{
    private const int Max = 100;

    // What the page or the fleet ended is no failure of the app.
    private static readonly string[] s_endedOnPurpose = ["ERR_ABORTED", "ERR_BLOCKED_BY_CLIENT"];

    // To another origin, the browser also ends what the origin does not permit, and the fleet names that it does not allow. A visitor's app has to live with it too.
    private static readonly string[] s_endedByRules = ["ERR_FAILED", "ERR_BLOCKED_BY_", "ERR_NAME_NOT_RESOLVED", "ERR_UNKNOWN_URL_SCHEME", "ERR_DISALLOWED_URL_SCHEME", "ERR_UNSAFE_PORT"];

    private readonly OrderedDictionary<(string Method, string Url), string> _failures = [];

    /// <summary>The first of them, as <c>GET http://…: 503</c>; null if there is none.</summary>
    public string? First => _failures.Values.FirstOrDefault();

    public void Clear() => _failures.Clear();

    /// <summary>Records how a request was answered.</summary>
    /// <param name="request">The request.</param>
    /// <param name="answer">The status, or Chromium's error.</param>
    public void Record(InFlightRequest request, string answer)
    {
        var key = (request.Method, request.Url);
        if (int.TryParse(answer, out var status) && status < 400)
        {
            _failures.Remove(key);
        }
        else if (_failures.Count < Max && MayHideContent(request, answer))
        {
            _failures.TryAdd(key, $"{request.Method} {request.Url}: {answer}");
        }
    }

    /// <summary>Whether an answer suggests that the page lacks content: the server, or the way to it, failed. That is a status of 500 and above, one that asks to try again, no answer;
    /// and 404 or 410 for a script or style of the app whose name has a hash, which it requests only while a deploy is not complete or has removed it. Pictures and fonts are no content.
    /// Refused access is an answer: apps ask who the visitor is, and a crawler has no account.</summary>
    public static bool MayHideContent(InFlightRequest request, string answer) =>
        request is { IsAwaited: true, IsPoll: false, Type: "Fetch" or "XHR" or "Script" or "Stylesheet" }
        && (int.TryParse(answer, out var status)
            ? status is 408 or 425 or 429 or >= 500 || (status is 404 or 410 && request.IsOwn && IsOfBuild(request.Url))
            : !Has(s_endedOnPurpose, answer) && (request.IsOwn || !Has(s_endedByRules, answer)));

    private static bool Has(string[] codes, string answer) => codes.Any(code => answer.Contains(code, StringComparison.Ordinal));

    // A name that may have a hash is enough: the page is rendered again, and is not lost.
    private static bool IsOfBuild(string url) => Uri.TryCreate(url, UriKind.Absolute, out var address) && Path.GetFileName(address.AbsolutePath) is var file
        && Path.GetExtension(file) is ".js" or ".mjs" or ".css" && ContentHash.MayBeIn(file);
}
