using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Fleet.ServiceDefaults.Stopping;

/// <summary>Drains a service before it stops.</summary>
public static class RequestDrainExtensions
{
    private static readonly TimeSpan s_tidyUp = TimeSpan.FromSeconds(5);

    /// <summary>Adds a <see cref="RequestDrain"/>, and gives the stop of the service as long as the drain may take and some seconds to tidy up. Hosted
    /// services are told to stop in the reverse order: what is added later is told before the drain is waited for.</summary>
    public static IHostApplicationBuilder AddRequestDrain<TOptions>(this IHostApplicationBuilder builder, Func<TOptions, TimeSpan> timeout)
        where TOptions : class
    {
        builder.Services.AddSingleton<RequestDrain>();
        builder.Services.AddHostedService(services =>
            ActivatorUtilities.CreateInstance<DrainOnStop>(services, timeout(services.GetRequiredService<IOptions<TOptions>>().Value)));
        builder.Services.AddOptions<HostOptions>().Configure<IOptions<TOptions>>((host, options) => host.ShutdownTimeout = timeout(options.Value) + s_tidyUp);
        return builder;
    }
}
