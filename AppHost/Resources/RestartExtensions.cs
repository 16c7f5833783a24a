using Fleet.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fleet.AppHost.Resources;

/// <summary>Marks a resource that is started again when its process ends unasked.</summary>
internal sealed class RestartAnnotation : IResourceAnnotation;

/// <summary>Starts resources again that die. Aspire itself does not.</summary>
internal static partial class RestartExtensions
{
    /// <summary>Has the resource started again when its process ends, with a growing delay (0.5 s to 30 s). A resource that was stopped on the
    /// dashboard stays stopped, and so does one that ended because a setting is wrong.</summary>
    public static IResourceBuilder<T> WithRestart<T>(this IResourceBuilder<T> resource)
        where T : IResource
    {
        resource.ApplicationBuilder.Services.TryAddHostedWatcher();
        return resource.WithAnnotation(new RestartAnnotation());
    }

    private static void TryAddHostedWatcher(this IServiceCollection services)
    {
        if (services.All(service => service.ImplementationType != typeof(RestartWatcher)))
        {
            services.AddHostedService<RestartWatcher>();
        }
    }

    private sealed partial class RestartWatcher(
        ResourceNotificationService states, ResourceCommandService commands, TimeProvider time, ILogger<RestartWatcher> logger)
        : BackgroundService
    {
        // A resource that ran for this long starts anew with the shortest delay.
        private static readonly TimeSpan s_stable = TimeSpan.FromMinutes(1);
        private static readonly Backoff s_backoff = new(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(30));

        private readonly Dictionary<string, Run> _runs = [];

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            var restarts = new List<Task>();
            try
            {
                await foreach (var change in states.WatchAsync(stoppingToken))
                {
                    if (!change.Resource.HasAnnotationOfType<RestartAnnotation>())
                    {
                        continue;
                    }

                    var run = _runs.TryGetValue(change.ResourceId, out var known) ? known : _runs[change.ResourceId] = new Run();
                    if (run.EndedUnasked(change.Snapshot.State?.Text, time) && change.Snapshot.ExitCode != FleetHost.CannotStart)
                    {
                        restarts.RemoveAll(static restart => restart.IsCompleted);
                        restarts.Add(RestartAsync(change, run.Failures, stoppingToken));
                    }
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // The AppHost stops.
            }

            await Task.WhenAll(restarts);
        }

        private async Task RestartAsync(ResourceEvent ended, int failures, CancellationToken stoppingToken)
        {
            try
            {
                var delay = s_backoff.After(failures);
                LogRestart(ended.ResourceId, ended.Snapshot.ExitCode, delay.TotalSeconds);
                await Task.Delay(delay, time, stoppingToken);
                var result = await commands.ExecuteCommandAsync(ended.ResourceId, KnownResourceCommands.StartCommand, stoppingToken);
                if (!result.Success)
                {
                    LogNotStarted(ended.ResourceId, result.Message);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // The AppHost stops.
            }
#pragma warning disable CA1031 // One resource that cannot be started must not end the watch over the others.
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogFailed(e, ended.ResourceId);
            }
        }

        [LoggerMessage(LogLevel.Warning, "{Resource} ended with exit code {ExitCode}; it is started again in {Seconds} s.")]
        private partial void LogRestart(string resource, int? exitCode, double seconds);

        [LoggerMessage(LogLevel.Error, "{Resource} could not be started again: {Reason}")]
        private partial void LogNotStarted(string resource, string? reason);

        [LoggerMessage(LogLevel.Error, "Restarting {Resource} failed.")]
        private partial void LogFailed(Exception exception, string resource);

        /// <summary>The states of one resource. A stop that was asked for passes through Stopping; an end in Running was not asked for.</summary>
        private sealed class Run
        {
            private string? _state;
            private long _startedAt;

            /// <summary>Ends in a row.</summary>
            public int Failures { get; private set; }

            /// <summary>Notes the resource's state. True when it has just ended and nobody asked it to.</summary>
            public bool EndedUnasked(string? state, TimeProvider time)
            {
                var before = _state;
                _state = state;
                if (state == KnownResourceStates.Running && before != state)
                {
                    _startedAt = time.GetTimestamp();
                }

                if (before != KnownResourceStates.Running || !KnownResourceStates.TerminalStates.Contains(state))
                {
                    return false;
                }

                Failures = time.GetElapsedTime(_startedAt) > s_stable ? 1 : Failures + 1;
                return true;
            }
        }
    }
}
