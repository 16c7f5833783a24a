using Fleet.AppHost.Local;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace Fleet.AppHost.Embedded;

/// <summary>One service inside this process.</summary>
internal sealed class EmbeddedService(string name, WebApplication application) : IRunningResource, IAsyncDisposable
{
    private readonly TaskCompletionSource<int> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name => name;

    public Task<int> Exit => _exit.Task;

    // Its lines are on the console already.
    public IReadOnlyList<string> LastLines => [];

    /// <summary>Starts it. A service that stops itself afterwards counts as ended.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        application.Lifetime.ApplicationStopping.Register(() => _exit.TrySetResult(0));
        await application.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Drains and stops it.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => application.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => application.DisposeAsync();
}
