using System.Globalization;
using System.Threading.RateLimiting;
using Fleet.RealmServer.Rendering;
using Fleet.ServiceDefaults.Problems;
using Fleet.ServiceDefaults.Security;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Site.Search;

/// <summary>Limits how often a client may search, <c>Pages:SearchesPerMinute</c>: anyone may, and each search scans the pages of every realm that the caller may read.</summary>
internal sealed class SearchLimiter(IOptions<PagesOptions> options) : IRateLimiterPolicy<string>
{
    private const int Segments = 6;

    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(1);

    /// <summary>Answers a search that is one too many with a 429.</summary>
    public Func<OnRejectedContext, CancellationToken, ValueTask>? OnRejected => (rejected, _) =>
    {
        var http = rejected.HttpContext;
        http.Response.Headers.RetryAfter = (s_window / Segments).TotalSeconds.ToString(CultureInfo.InvariantCulture);
        return new(FleetProblem.Result(StatusCodes.Status429TooManyRequests, "too-many-searches",
            $"This client has searched {options.Value.SearchesPerMinute} times within a minute, the maximum (Pages:SearchesPerMinute).").ExecuteAsync(http));
    };

    /// <summary>The limiter of the client of a request.</summary>
    public RateLimitPartition<string> GetPartition(HttpContext httpContext) => RateLimitPartition.GetSlidingWindowLimiter(
        ClientAddress.KeyOf(httpContext.Connection.RemoteIpAddress),
        _ => new() { PermitLimit = options.Value.SearchesPerMinute, Window = s_window, SegmentsPerWindow = Segments, QueueLimit = 0 });
}
