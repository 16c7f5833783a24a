using System.Globalization;
using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.ServiceDefaults.Security;

namespace Fleet.Manager.Endpoints;

/// <summary>Reads the headers of a render request.</summary>
internal static class CallHeaders
{
    private const int MaxRequestIdLength = 64;

    /// <summary>The caller's request id if it is safe for logs and headers (1 to 64 visible ASCII characters), otherwise a new one.</summary>
    public static string RequestId(HttpRequest request)
    {
        var given = request.Headers[FleetHeaders.RequestId].ToString();
        return given.Length is > 0 and <= MaxRequestIdLength && given.All(c => c is > ' ' and <= '~') ? given : Guid.NewGuid().ToString("N");
    }

    /// <summary>Creates the call from the request and its headers.</summary>
    /// <param name="request">The HTTP request.</param>
    /// <param name="render">What to render.</param>
    /// <param name="requestId">The request id.</param>
    /// <param name="timeout">The timeout from the headers; null when there is none.</param>
    public static RenderCall Call(HttpRequest request, RenderRequest render, string requestId, TimeSpan? timeout) =>
        new(render, requestId)
        {
            Timeout = timeout,
            AttemptsLeft = AttemptsLeft(request),
            Cause = Cause(request),
            HasKey = AdminKeyExtensions.IsTrusted(request.HttpContext),
            FullLoad = AsksForNew(request),
        };

    /// <summary>Whether the request has <c>Cache-Control: no-cache</c> or <c>no-store</c>.</summary>
    public static bool AsksForNew(HttpRequest request) => request.GetTypedHeaders().CacheControl is { NoCache: true } or { NoStore: true };

    // The render that caused this request; null without a lineage header, or when this fleet's key did not sign it.
    private static RenderLineage? Cause(HttpRequest request) =>
        request.HttpContext.RequestServices.GetRequiredService<FleetKeys>().Lineage is { } key && RenderLineage.TryRead(request.Headers[FleetHeaders.Lineage], key, out var lineage) ? lineage : null;

    // A caller can only lower the budget, so an invalid value can safely be ignored.
    private static int? AttemptsLeft(HttpRequest request) =>
        int.TryParse(request.Headers[FleetHeaders.AttemptsLeft], NumberStyles.None, CultureInfo.InvariantCulture, out var attempts) ? attempts : null;

    /// <summary>Reads the caller's timeout; null when the header is missing. False when its value is not a number of milliseconds.</summary>
    public static bool TryGetTimeout(HttpRequest request, out TimeSpan? timeout)
    {
        timeout = null;
        if (request.Headers[FleetHeaders.DeadlineMs] is not [{ } text])
        {
            return request.Headers[FleetHeaders.DeadlineMs].Count == 0;
        }

        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds))
        {
            return false;
        }

        timeout = TimeSpan.FromMilliseconds(milliseconds);
        return true;
    }
}
