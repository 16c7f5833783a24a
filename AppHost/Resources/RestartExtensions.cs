using Fleet.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fleet.AppHost.Resources;

/// <summary>Marks a resource that is restarted when its process exits unexpectedly.</summary>
internal sealed class RestartAnnotation : IResourceAnnotation;

/// <summary>Restarts resources whose process exits unexpectedly, which Aspire itself does not.</summary>
internal static partial class RestartExtensions
{
    /// <summary>Restarts the resource when its process exits, after a growing delay (0.5 s to 30 s). A resource that was stopped on the dashboard
    /// stays stopped, and so does one that exits with <see cref="FleetHost.CannotStart"/>.</summary>
    public static IResourceBuilder<T> WithRestart<T>(this IResourceBuilder<T> resource)
        where T : IResource
    {
        resource.ApplicationBuilder.Services.TryAddRestartWatcher();
        return resource.WithAnnotation(new RestartAnnotation());
    }

    private static void TryAddRestartWatcher(this IServiceCollection services)
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
        // A resource that ran for this long is restarted with the shortest delay again.
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
                    if (run.ExitedUnexpectedly(change.Snapshot.State?.Text, time) && change.Snapshot.ExitCode != FleetHost.CannotStart)
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
#pragma warning disable CA1031 // A resource that cannot be started must not stop the watcher.
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogFailed(e, ended.ResourceId);
            }
        }

        [LoggerMessage(LogLevel.Warning, "{Resource} exited with code {ExitCode}; restarting in {Seconds} s.")]
        private partial void LogRestart(string resource, int? exitCode, double seconds);

        [LoggerMessage(LogLevel.Error, "{Resource} could not be restarted: {Reason}")]
        private partial void LogNotStarted(string resource, string? reason);

        [LoggerMessage(LogLevel.Error, "Restarting {Resource} failed.")]
        private partial void LogFailed(Exception exception, string resource);

        /// <summary>The state of one resource. A requested stop passes through Stopping; an exit straight from Running is unexpected.</summary>
        private sealed class Run
        {
            private string? _state;
            private long _startedAt;

            /// <summary>Consecutive unexpected exits.</summary>
            public int Failures { get; private set; }

            /// <summary>Records the resource's state. Returns true when its process has just exited unexpectedly.</summary>
            public bool ExitedUnexpectedly(string? state, TimeProvider time)
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
