using Fleet.Contracts;
using Fleet.Manager.Forwarding;
using Fleet.Manager.Rendering;
using Fleet.Manager.Routing;
using Fleet.Manager.Servers;
using Fleet.Manager.Telemetry;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Pipeline;

/// <summary>Chooses a server for a render, sends it there and retries as <see cref="RetryPolicy"/> decides. Only this class retries renders.</summary>
internal sealed partial class RenderDispatcher(
    Router router, RenderAttempts attempts, FleetViews views, Quarantine quarantine, ManagerMetrics metrics, IOptions<ManagerOptions> options, ILogger<RenderDispatcher> logger)
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

            var answer = await attempts.RunAsync(reservation.Server.Record, operation, attempt, cancellationToken);
            quarantine.Note(operation, answer.Kind);
            if (answer.Kind != ForwardKind.Verdict && quarantine.Check(operation) is { } quarantined)
            {
                LogQuarantined(operation.Request.Url);
                return quarantined;
            }

            var step = RetryPolicy.Next(answer.Kind, attempt, budget, operation.Deadline.Left);
            var left = budget - attempt;
            if (step == RetryStep.Answer)
            {
                return WithAttemptsLeft(answer.Answer, left);
            }

            last = WithAttemptsLeft(answer.Answer, left);
            PassOver(reservation.Server.Incarnation, step);
            metrics.Retried(answer.Kind);
            LogRetry(operation.RequestId, reservation.Server.Record.Name, answer.Kind, attempt);
        }

        void PassOver(string incarnation, RetryStep step)
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

    // The caller may submit a failed render again, with the remaining budget.
    private static RenderAnswer WithAttemptsLeft(RenderAnswer answer, int left) => answer.RenderError is { } error ? error with { AttemptsLeft = left } : answer;

    private static RenderError AttemptsUsedUp(RenderOperation operation) => new(503, "attempts-used-up",
        $"The render {operation.RequestId} has used all its attempts (Manager:MaxAttempts, {FleetHeaders.AttemptsLeft}).") { AttemptsLeft = 0 };

    [LoggerMessage(LogLevel.Warning, "Two browsers crashed while rendering {Url}; it is quarantined (Manager:QuarantineTime).")]
    private partial void LogQuarantined(string url);

    [LoggerMessage(LogLevel.Information, "Retrying render {RequestId}: attempt {Attempt} on {Server} failed ({Kind}).")]
    private partial void LogRetry(string requestId, string server, ForwardKind kind, int attempt);
}
