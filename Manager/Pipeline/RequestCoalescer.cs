using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.Manager.Telemetry;

namespace Fleet.Manager.Pipeline;

/// <summary>Renders once for all who want the same at the same time. Nobody owns such a render: it ends early only when everybody who waits
/// for it has gone, whoever came first.</summary>
internal sealed class RequestCoalescer(ManagerMetrics metrics, TimeProvider timeProvider)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<RenderKey, InFlightRender> _running = [];

    /// <summary>The answer to a render: of a render under way, or of a new one.</summary>
    public async Task<RenderAnswer> RunAsync(RenderOperation operation, Func<RenderOperation, CancellationToken, Task<RenderAnswer>> render, CancellationToken cancellationToken)
    {
        // A nested render of what its own cause renders would wait for itself; a command that is sent twice is started once anyway.
        if (operation.Depth > 0 || operation.Command is not null)
        {
            return await render(operation, cancellationToken);
        }

        while (true)
        {
            var (shared, isNew) = JoinOrStart(operation, render);
            try
            {
                var answer = await shared.Answer.WaitAsync(TimeoutFor(operation, isNew), timeProvider, cancellationToken);
                if (answer.Content?.TryTake() == false)
                {
                    break;
                }

                if (isNew || !RanOutOfTime(answer) || operation.Deadline.Left < TimeSpan.FromMilliseconds(RenderLimits.MinDeadlineMs))
                {
                    return answer;
                }

                answer.Content?.Dispose();
            }
            catch (TimeoutException)
            {
                return RenderError.Deadline($"The deadline of {(long)operation.Deadline.Total.TotalMilliseconds} ms passed while the same render was under way for another caller.");
            }
            finally
            {
                shared.Leave();
            }
        }

        // It was too large to share, so whoever wants the next one like it does not wait for it either.
        return await render(operation, cancellationToken);
    }

    private (InFlightRender Render, bool IsNew) JoinOrStart(RenderOperation operation, Func<RenderOperation, CancellationToken, Task<RenderAnswer>> render)
    {
        var key = RenderKey.Of(operation);
        InFlightRender shared;
        // Look and note in one step: of two callers in the same moment, each would start a render.
        lock (_gate)
        {
            if (_running.TryGetValue(key, out var running) && running.RenderOperation.Request.Priority >= operation.Request.Priority && running.TryJoin())
            {
                metrics.Coalesced();
                return (running, false);
            }

            // One with less priority is left to those who wait for it, and the next caller joins this one.
            _running[key] = shared = new InFlightRender(operation);
        }

        _ = shared.RunAsync(async (its, nobodyWaits) =>
        {
            try
            {
                return await render(its, nobodyWaits);
            }
            finally
            {
                Forget(key, shared);
            }
        });
        return (shared, true);
    }

    private void Forget(RenderKey key, InFlightRender ended)
    {
        lock (_gate)
        {
            if (_running.TryGetValue(key, out var running) && running == ended)
            {
                _running.Remove(key);
            }
        }
    }

    // Whose deadline the render keeps, needs no other watch.
    private static TimeSpan TimeoutFor(RenderOperation operation, bool isOwn) =>
        isOwn ? Timeout.InfiniteTimeSpan : operation.Deadline.LeftOrZero;

    // Of somebody else's deadline, that is: a caller with more timeout asks again.
    private static bool RanOutOfTime(RenderAnswer answer) =>
        answer.Content is { Outcome: RenderOutcome.TimedOut } || answer.RenderError is { Reason: "deadline" or "deadline-unmeetable" };
}

/// <summary>What makes two renders the same: one answer will do for both. Who shows other credentials asks for something else, whatever affinity is
/// named.</summary>
internal sealed record RenderKey(string Url, string Affinity, string Formats, ShellAcceptance Accept, RenderCredentials? Credentials, ScreenshotRequest? Screenshot, bool Document)
{
    public static RenderKey Of(RenderOperation operation) => new(
        operation.Request.Url,
        operation.Affinity,
        operation.Request.Formats is { } formats ? string.Join(',', formats.Order()) : "",
        operation.Request.Accept,
        operation.Request.Credentials,
        // Patience and priority make no other screenshot.
        operation.Screenshot is { } screenshot ? screenshot with { DeadlineMs = null, Priority = 0 } : null,
        operation.Document);
}
