using Microsoft.Extensions.Hosting;

namespace Fleet.PrerenderServer.Pool;

/// <summary>Starts the pool with the server and stops it, bounded, before the server ends.</summary>
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
