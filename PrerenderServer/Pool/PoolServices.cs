using Fleet.PrerenderServer.Browser;
using Fleet.PrerenderServer.Browser.Processes;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.ServiceDefaults.Options;
using Microsoft.Extensions.DependencyInjection.Extensions;
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
        builder.Services.AddOptions<PoolOptions>().PostConfigure<IOptions<BrowserOptions>>(static (pool, browser) => DeriveDeadlines(pool, browser.Value));
        builder.Services.TryAddSingleton(static services => new PoolRules(services.GetRequiredService<IOptions<PoolOptions>>().Value));
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<PoolMetrics>();
        builder.Services.AddSingleton<PoolActor>();
        builder.Services.AddSingleton<IPagePool>(services => services.GetRequiredService<PoolActor>());
        builder.Services.AddSingleton(_ => new CpuLimiter(Environment.ProcessorCount));
        builder.Services.AddHostedService<PoolService>();
        return builder;
    }

    // The pool's deadlines are later than the browser's own timeouts, so that a slow browser call fails with its own error. The pool stops after the
    // server's drain (Registration:DrainTimeout), in which renders had time to finish.
    private static void DeriveDeadlines(PoolOptions pool, BrowserOptions browser)
    {
        // Creating a page's context takes two calls besides the boot. A launch may take one more, to clean up after an earlier server.
        pool.LaunchDeadline = browser.LaunchTimeout + browser.CallTimeout;
        pool.BootDeadline = browser.BootTimeout + 2 * browser.CallTimeout;
        pool.ProbeDeadline = browser.ProbeTimeout + TimeSpan.FromMilliseconds(500);
        pool.StopDeadline = TimeSpan.FromSeconds(1);
    }
}

/// <summary>Starts the pool with the server and stops it, within a bound, before the server exits.</summary>
internal sealed class PoolService(PoolActor pool) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        pool.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => pool.StopAsync();
}
