using Microsoft.Extensions.Hosting;

namespace Fleet.Standalone.Hosting;

/// <summary>A lifetime that does not listen to signals: several services share the process, which stops them in order.</summary>
internal sealed class NoSignals : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
