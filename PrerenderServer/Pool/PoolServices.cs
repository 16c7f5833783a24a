using Fleet.PrerenderServer.Browser;
using Fleet.PrerenderServer.Pool.Core;
using Fleet.ServiceDefaults.Options;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Fleet.PrerenderServer.Pool;

/// <summary>Registers the page pool. It requires an <see cref="IBrowserAdapter"/>.</summary>
internal static class PoolServices
{
    /// <summary>Adds <see cref="IPagePool"/>, its options (section <c>Pool</c>), its metrics and the <see cref="CpuLimiter"/>.</summary>
    public static IHostApplicationBuilder AddPagePool(this IHostApplicationBuilder builder)
    {
        builder.AddFleetOptions<PoolOptions>(PoolOptions.Section);
        builder.AddFleetOptions<BrowserOptions>(BrowserOptions.Section);
        builder.Services.AddOptions<PoolOptions>().PostConfigure<IOptions<BrowserOptions>>(static (pool, browser) => pool.DeriveDeadlines(browser.Value));
        builder.Services.TryAddSingleton(static services => new PoolRules(services.GetRequiredService<IOptions<PoolOptions>>().Value));
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<PoolMetrics>();
        builder.Services.AddSingleton<PoolActor>();
        builder.Services.AddSingleton<IPagePool>(services => services.GetRequiredService<PoolActor>());
        builder.Services.AddSingleton(_ => new CpuLimiter(Environment.ProcessorCount));
        builder.Services.AddHostedService<PoolService>();
        return builder;
    }
}
