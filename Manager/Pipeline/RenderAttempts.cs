using System.Diagnostics;
using Fleet.Contracts;
using Fleet.Manager.Forwarding;
using Fleet.Manager.Rendering;
using Fleet.Manager.Servers;
using Fleet.Manager.Telemetry;

namespace Fleet.Manager.Pipeline;

/// <summary>Runs one attempt of a render on one server: it ends early if the server is gone, and what it shows about the server's health is recorded.</summary>
internal sealed partial class RenderAttempts(
    PrerenderClient client, ServerFailureNotifier failures, UnhealthyServers unhealthy, ManagerMetrics metrics, TimeProvider timeProvider, ILogger<RenderAttempts> logger)
{
    /// <summary>Sends the render and returns how the attempt ended. Only the caller's cancellation throws.</summary>
    /// <param name="server">The server to send to.</param>
    /// <param name="operation">The render to send.</param>
    /// <param name="attempt">Number of the attempt; the first is 1.</param>
    /// <param name="cancellationToken">Cancelled when the last caller disconnects.</param>
    public async Task<ForwardAnswer> RunAsync(ServerRecord server, RenderOperation operation, int attempt, CancellationToken cancellationToken)
    {
        using var activity = ManagerActivity.Source.StartActivity("forward", ActivityKind.Internal);
        activity?.SetTag("fleet.server", server.Name).SetTag("fleet.affinity", operation.Affinity).SetTag("fleet.attempt", attempt);

        var started = timeProvider.GetTimestamp();
        using var watch = failures.Follow(server);
        var answer = await client.SendAsync(server, operation, watch.Gone, cancellationToken);
        metrics.Forwarded(answer.Kind, timeProvider.GetElapsedTime(started));
        activity?.SetTag("fleet.forward.kind", answer.Kind.ToString());
        if (RetryPolicy.IsEvidence(answer.Kind) && unhealthy.Add(server))
        {
            LogSuspected(server.Name, server.Url, answer.Kind);
        }

        return answer;
    }

    [LoggerMessage(LogLevel.Information, "Skipping {Server} at {Url} until it answers /alive: {Kind}.")]
    private partial void LogSuspected(string server, string url, ForwardKind kind);
}
