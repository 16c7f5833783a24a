using Aspire.Hosting.Eventing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fleet.AppHost.Resources;

/// <summary>Has a resource started again when its process ends and nobody asked it to.</summary>
internal static partial class RestartExtensions
{
    /// <summary>Marks the resource; the first mark starts the watcher.</summary>
    public static IResourceBuilder<T> WithRestart<T>(this IResourceBuilder<T> resource)
        where T : IResource
    {
        var services = resource.ApplicationBuilder.Services;
        if (services.All(service => service.ImplementationType != typeof(Watcher)))
        {
            services.AddHostedService<Watcher>();
        }

        return resource.WithAnnotation(new RestartAnnotation());
    }

    private sealed class RestartAnnotation : IResourceAnnotation
    {
        public long StartedAt;
        public int Failures;
    }

    private sealed partial class Watcher(
        ResourceNotificationService states, ResourceCommandService commands, TimeProvider time, ILogger<Watcher> logger)
        : BackgroundService
    {
        private static readonly TimeSpan s_stable = TimeSpan.FromMinutes(1);

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            var seen = new Dictionary<string, string?>();
            await foreach (var change in states.WatchAsync(stoppingToken).ConfigureAwait(false))
            {
                var (id, state) = (change.ResourceId, change.Snapshot.State?.Text);
                var before = seen.GetValueOrDefault(id);
                seen[id] = state;
                // A stop that somebody asked for passes through Stopping.
                if (before == KnownResourceStates.Running && KnownResourceStates.TerminalStates.Contains(state)
                    && change.Resource.Annotations.OfType<RestartAnnotation>().SingleOrDefault() is { } restart)
                {
                    _ = RestartAsync(change, restart, stoppingToken);
                }
            }
        }

        private async Task RestartAsync(ResourceEvent ended, RestartAnnotation restart, CancellationToken stoppingToken)
        {
            restart.Failures = time.GetElapsedTime(restart.StartedAt) > s_stable ? 0 : restart.Failures + 1;
            var delay = TimeSpan.FromSeconds(Math.Min(30, Math.Pow(2, restart.Failures - 1)));
            LogRestart(ended.ResourceId, ended.Snapshot.ExitCode, delay);
            await Task.Delay(delay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stoppingToken.IsCancellationRequested)
            {
                restart.StartedAt = time.GetTimestamp();
                var result = await commands.ExecuteCommandAsync(ended.ResourceId, KnownResourceCommands.StartCommand, stoppingToken).ConfigureAwait(false);
                LogStarted(ended.ResourceId, result.Success, result.Message);
            }
        }

        [LoggerMessage(LogLevel.Warning, "{Resource} ended with exit code {ExitCode}; it is started again in {Delay}.")]
        private partial void LogRestart(string resource, int? exitCode, TimeSpan delay);

        [LoggerMessage(LogLevel.Information, "{Resource} started again: {Success} {Message}")]
        private partial void LogStarted(string resource, bool success, string? message);
    }
}
