using Fleet.ServiceDefaults.Options;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Fleet.PrerenderServer.Pool;

/// <summary>Registers the page pool. It wants an <see cref="Browser.IBrowserAdapter"/>.</summary>
internal static class PoolServices
{
    /// <summary>Adds <see cref="IPagePool"/>, its options (section <c>Pool</c>), its metrics and the <see cref="CpuGate"/>.</summary>
    public static IHostApplicationBuilder AddPagePool(this IHostApplicationBuilder builder)
    {
        builder.AddFleetOptions<PoolOptions>(PoolOptions.Section);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<PoolMetrics>();
        builder.Services.AddSingleton<PoolActor>();
        builder.Services.AddSingleton<IPagePool>(services => services.GetRequiredService<PoolActor>());
        builder.Services.AddSingleton(_ => new CpuGate(Environment.ProcessorCount));
        builder.Services.AddHostedService<PoolService>();
        return builder;
    }
}
