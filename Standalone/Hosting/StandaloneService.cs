using Fleet.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Fleet.Standalone.Hosting;

/// <summary>One service inside this process.</summary>
internal sealed class StandaloneService : IAsyncDisposable
{
    private const int MaxReasonLength = 500;
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_requestTimeout = TimeSpan.FromSeconds(3);

    private readonly WebApplication _application;
    private readonly TaskCompletionSource _stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private StandaloneService(string name, WebApplication application)
    {
        (Name, _application) = (name, application);
        FleetHost.LogWhenStarted(name, application);
        application.Lifetime.ApplicationStopping.Register(() => _stopping.TrySetResult());
    }

    /// <summary>Name of the service.</summary>
    public string Name { get; }

    /// <summary>Completes when the service begins to stop, on request or by itself.</summary>
    public Task Stopping => _stopping.Task;

    /// <summary>Builds a service and checks its settings.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="build">Builds the service's application.</param>
    /// <param name="arguments">Its command line.</param>
    /// <param name="store">State of the store, which its health includes.</param>
    public static async Task<StandaloneService> BuildAsync(
        string name, Func<string[], Action<WebApplicationBuilder>, WebApplication> build, string[] arguments, StoreHealth store)
    {
        var service = new StandaloneService(
            name, build(arguments, builder => builder.Services.AddSingleton<IHostLifetime, NoSignals>().AddHealthChecks().AddCheck("store", store)));
        try
        {
            service._application.Services.GetRequiredService<IStartupValidator>().Validate();
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the service. After an error, dispose it.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => _application.StartAsync(cancellationToken);

    /// <summary>Waits until the health check of the service succeeds.</summary>
    /// <exception cref="StartException">The service stopped, or is not ready in time; the message has the last answer of the health check.</exception>
    public async Task WaitUntilReadyAsync(HttpClient client, Uri address, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        var startedAt = time.GetTimestamp();
        while (await ProbeAsync(client, new Uri(address, "health"), time, cancellationToken) is { } reason)
        {
            if (Stopping.IsCompleted)
            {
                throw new StartException($"The service '{Name}' stopped before it was ready: {reason}");
            }

            if (time.GetElapsedTime(startedAt) > timeout)
            {
                throw new StartException($"The service '{Name}' is not ready after {timeout.TotalSeconds:0} s: {reason}");
            }

            await Task.Delay(s_pollInterval, time, cancellationToken);
        }
    }

    /// <summary>Lets requests in progress finish, and stops the service.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _application.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static async Task<string?> ProbeAsync(HttpClient client, Uri health, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(s_requestTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var response = await client.GetAsync(health, linked.Token);
            if (response.IsSuccessStatusCode)
            {
                return null;
            }

            var body = await response.Content.ReadAsStringAsync(linked.Token);
            return body.Length <= MaxReasonLength ? body : body[..MaxReasonLength];
        }
        catch (HttpRequestException e)
        {
            return e.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{health} did not answer within {s_requestTimeout.TotalSeconds:0} s.";
        }
    }
}

/// <summary>A host lifetime that ignores signals: the program handles them, and stops the services in its own order.</summary>
internal sealed class NoSignals : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
