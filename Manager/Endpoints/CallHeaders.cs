using System.Globalization;
using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.ServiceDefaults.Options;
using Fleet.ServiceDefaults.Security;

namespace Fleet.Manager.Endpoints;

/// <summary>What a caller says in headers.</summary>
internal static class CallHeaders
{
    private const int MaxRequestIdLength = 64;

    /// <summary>The caller's request id if it is one that may go into logs and headers, else a new one.</summary>
    public static string RequestId(HttpRequest request)
    {
        var given = request.Headers[FleetHeaders.RequestId].ToString();
        return given.Length is > 0 and <= MaxRequestIdLength && given.All(c => c is > ' ' and <= '~') ? given : Guid.NewGuid().ToString("N");
    }

    /// <summary>The call that a request makes.</summary>
    /// <param name="request">The request.</param>
    /// <param name="render">What it wants rendered.</param>
    /// <param name="requestId">Its id.</param>
    /// <param name="timeout">Its timeout.</param>
    /// <param name="options">With the admin key.</param>
    public static RenderCall Call(HttpRequest request, RenderRequest render, string requestId, TimeSpan? timeout, FleetOptions options) =>
        new(render, requestId)
        {
            Timeout = timeout,
            AttemptsLeft = AttemptsLeft(request),
            Cause = Cause(request, options),
            HasKey = options.AdminKey is { } key && AdminKeyExtensions.Matches(request.Headers.Authorization, key),
        };

    // The render that caused this request; null when no one did, or none that this fleet knows of.
    private static RenderLineage? Cause(HttpRequest request, FleetOptions options) =>
        options.AdminKey is { } key && RenderLineage.TryRead(request.Headers[FleetHeaders.Lineage], key, out var lineage) ? lineage : null;

    // A caller can only lower its budget, so what is no number is no budget of its own.
    private static int? AttemptsLeft(HttpRequest request) =>
        int.TryParse(request.Headers[FleetHeaders.AttemptsLeft], NumberStyles.None, CultureInfo.InvariantCulture, out var attempts) ? attempts : null;

    /// <summary>The caller's timeout; null when it said nothing. False when what it said is no number of milliseconds.</summary>
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
