using System.Globalization;
using Fleet.Contracts;

namespace Fleet.PrerenderServer.HostShells;

/// <summary>Reads the current host shell again before this server handles a request that names a higher generation.</summary>
internal sealed class ShellCatchUpFilter(ShellTracker shell) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        // Ignore a header that is not a number.
        if (long.TryParse(http.Request.Headers[FleetHeaders.ShellGeneration], NumberStyles.None, CultureInfo.InvariantCulture, out var generation))
        {
            await shell.CatchUpAsync(generation, http.RequestAborted);
        }

        return await next(context);
    }
}
