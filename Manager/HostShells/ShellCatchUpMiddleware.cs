using System.Globalization;
using Fleet.Contracts;
using Fleet.Manager.Servers;

namespace Fleet.Manager.HostShells;

/// <summary>Re-reads the registry before handling a request whose header names a higher shell generation than this manager knows.</summary>
internal static class ShellCatchUpMiddleware
{
    /// <summary>A view younger than this is not read again. The header needs no key, so requests must not cause a flood of reads.</summary>
    private static readonly TimeSpan s_freshEnough = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(1);

    public static void UseShellCatchUp(this IApplicationBuilder app) => app.Use(static async (http, next) =>
    {
        var views = http.RequestServices.GetRequiredService<FleetViews>();
        // Ignored when the value is not a number, or while the registry is unavailable.
        if (long.TryParse(http.Request.Headers[FleetHeaders.ShellGeneration], NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
            && views.IsVerified && generation > (views.Current.Shell?.Generation ?? 0))
        {
            await views.ReadFreshAsync(s_freshEnough, s_timeout, http.RequestAborted);
        }

        await next(http);
    });
}
