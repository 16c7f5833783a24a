using System.Diagnostics;
using Fleet.Contracts;
using Fleet.Manager.Forwarding;
using Fleet.Manager.Rendering;
using Fleet.Manager.Routing;
using Fleet.Manager.Servers;
using Fleet.Manager.Telemetry;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Pipeline;

/// <summary>Gets a render rendered: chooses a server, sends it there, and elsewhere if <see cref="RetryPolicy"/> says so. The only place in the fleet that repeats
/// a render.</summary>
internal sealed partial class RenderDispatcher(
    Router router,
    PrerenderClient client,
    FleetViews views,
    UnhealthyServers unhealthy,
    ServerFailureNotifier failures,
    Quarantine quarantine,
    ManagerMetrics metrics,
    IOptions<ManagerOptions> options,
    TimeProvider timeProvider,
    ILogger<RenderDispatcher> logger)
{
    public async Task<RenderAnswer> RenderAsync(RenderOperation operation, CancellationToken cancellationToken)
    {
        var tried = new TriedServers();
        var budget = Math.Min(options.Value.MaxAttempts, operation.AttemptsLeft);
        if (budget == 0)
        {
            return AttemptsUsedUp(operation);
        }

        RenderAnswer? last = null;
        for (var attempt = 1; ; attempt++)
        {
            using var reservation = await router.ReserveAsync(operation.Affinity, tried, operation.Deadline.Left, cancellationToken);
            if (reservation is null)
            {
                return last ?? UnavailableReason.Explain(views.Current, wasRead: views.ReadAt is not null);
            }

            var answer = await ForwardAsync(reservation, operation, attempt, cancellationToken);
            if (answer.Kind != ForwardKind.Verdict && quarantine.Check(operation) is { } quarantined)
            {
                LogQuarantined(operation.Request.Url);
                return quarantined;
            }

            var step = RetryPolicy.Next(answer.Kind, attempt, budget, operation.Deadline.Left);
            var left = budget - attempt;
            if (step == RetryStep.Answer)
            {
                return Counted(answer.Answer, left);
            }

            last = Counted(answer.Answer, left);
            Pass(reservation.Server.Incarnation, step);
            metrics.Retried(answer.Kind);
            LogRetry(operation.RequestId, reservation.Server.Record.Name, answer.Kind, attempt);
        }

        void Pass(string incarnation, RetryStep step)
        {
            if (step == RetryStep.Another)
            {
                tried.Exclude(incarnation);
            }
            else
            {
                tried.Avoid(incarnation);
            }
        }
    }

    // A error may be submitted again, and then with what is left of its budget.
    private static RenderAnswer Counted(RenderAnswer answer, int left) => answer.RenderError is { } error ? error with { AttemptsLeft = left } : answer;

    private static RenderError AttemptsUsedUp(RenderOperation operation) => new(503, "attempts-used-up",
        $"The render {operation.RequestId} was sent to as many servers as it may be (Manager:MaxAttempts, {FleetHeaders.AttemptsLeft}).") { AttemptsLeft = 0 };

    private async Task<ForwardAnswer> ForwardAsync(Reservation reservation, RenderOperation operation, int attempt, CancellationToken cancellationToken)
    {
        var server = reservation.Server.Record;
        using var activity = ManagerActivity.Source.StartActivity("forward", ActivityKind.Internal);
        activity?.SetTag("fleet.server", server.Name).SetTag("fleet.affinity", operation.Affinity).SetTag("fleet.attempt", attempt);

        var started = timeProvider.GetTimestamp();
        using var watch = failures.Follow(server);
        var answer = await client.SendAsync(server, operation, watch.Gone, cancellationToken);
        metrics.Forwarded(answer.Kind, timeProvider.GetElapsedTime(started));
        activity?.SetTag("fleet.forward.kind", answer.Kind.ToString());

        if (answer.Kind == ForwardKind.Crashed)
        {
            quarantine.Strike(operation);
        }
        else if (answer.Kind == ForwardKind.Verdict)
        {
            quarantine.Acquit(operation);
        }

        if (RetryPolicy.IsEvidence(answer.Kind) && unhealthy.Add(server))
        {
            LogSuspected(server.Name, server.Url, answer.Kind);
        }

        return answer;
    }

    [LoggerMessage(LogLevel.Information, "Passing over {Server} at {Url} until it answers /alive: {Kind}.")]
    private partial void LogSuspected(string server, string url, ForwardKind kind);

    [LoggerMessage(LogLevel.Warning, "Two browsers crashed while {Url} was being rendered; it is not tried again for a while.")]
    private partial void LogQuarantined(string url);

    [LoggerMessage(LogLevel.Information, "Render {RequestId} did not succeed on {Server} ({Kind}, attempt {Attempt}) and is tried again.")]
    private partial void LogRetry(string requestId, string server, ForwardKind kind, int attempt);
}
