using System.Globalization;
using Fleet.Contracts;
using Fleet.Manager.Servers;

namespace Fleet.Manager.HostShells;

/// <summary>Has this manager read the registry again before it forwards a request that knows of a higher shell generation.</summary>
internal static class ShellCatchUpMiddleware
{
    /// <summary>A view of this age is not read again for a request: the route is open, and must not become a stream of reads.</summary>
    private static readonly TimeSpan s_freshEnough = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(1);

    public static void UseShellCatchUp(this IApplicationBuilder app) => app.Use(static async (http, next) =>
    {
        var views = http.RequestServices.GetRequiredService<FleetViews>();
        // What is no number is no news, and while the registry is away there is none to be had.
        if (long.TryParse(http.Request.Headers[FleetHeaders.ShellGeneration], NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
            && views.IsVerified && generation > (views.Current.Shell?.Generation ?? 0))
        {
            await views.ReadFreshAsync(s_freshEnough, s_timeout, http.RequestAborted);
        }

        await next(http);
    });
}
