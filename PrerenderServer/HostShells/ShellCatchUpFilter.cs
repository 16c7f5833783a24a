using System.Globalization;
using Fleet.Contracts;
using Microsoft.AspNetCore.Http;

namespace Fleet.PrerenderServer.HostShells;

/// <summary>Has this server catch up before it answers a request that knows of a higher generation.</summary>
internal sealed class ShellCatchUpFilter(ShellTracker shell) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        // What is no number is no news.
        if (long.TryParse(http.Request.Headers[FleetHeaders.ShellGeneration], NumberStyles.None, CultureInfo.InvariantCulture, out var generation))
        {
            await shell.CatchUpAsync(generation, http.RequestAborted);
        }

        return await next(context);
    }
}
