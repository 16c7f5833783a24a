using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.Manager.Telemetry;

namespace Fleet.Manager.Pipeline;

/// <summary>Shares one render among concurrent callers with the same request. The render is cancelled only when all of them have left, including the
/// caller that started it.</summary>
internal sealed class RequestCoalescer(ManagerMetrics metrics, TimeProvider timeProvider)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<RenderKey, InFlightRender> _running = [];

    /// <summary>Joins an identical render in flight, or starts one, and returns its answer.</summary>
    public async Task<RenderAnswer> RunAsync(RenderOperation operation, Func<RenderOperation, CancellationToken, Task<RenderAnswer>> render, CancellationToken cancellationToken)
    {
        // A nested render identical to its own cause would wait for itself. Commands are deduplicated by their key.
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

                if (isNew || !IsTimeout(answer) || operation.Deadline.Left < TimeSpan.FromMilliseconds(RenderLimits.MinDeadlineMs))
                {
                    return answer;
                }

                answer.Content?.Dispose();
            }
            catch (TimeoutException)
            {
                return RenderError.Deadline($"The deadline of {(long)operation.Deadline.Total.TotalMilliseconds} ms passed while waiting for the same render of another caller.");
            }
            finally
            {
                shared.Leave();
            }
        }

        // A streamed result cannot be shared: render separately, without coalescing.
        return await render(operation, cancellationToken);
    }

    private (InFlightRender Render, bool IsNew) JoinOrStart(RenderOperation operation, Func<RenderOperation, CancellationToken, Task<RenderAnswer>> render)
    {
        var key = RenderKey.Of(operation);
        InFlightRender shared;
        // Look up and register under one lock, or two concurrent callers would each start a render.
        lock (_gate)
        {
            if (_running.TryGetValue(key, out var running) && running.RenderOperation.Request.Priority >= operation.Request.Priority && running.TryJoin())
            {
                metrics.Coalesced();
                return (running, false);
            }

            // A render with lower priority continues for the callers that it has; later callers join this one.
            _running[key] = shared = new InFlightRender(operation);
        }

        _ = shared.RunAsync(async (its, abandoned) =>
        {
            try
            {
                return await render(its, abandoned);
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

    // The render itself enforces the deadline of the caller that started it.
    private static TimeSpan TimeoutFor(RenderOperation operation, bool isOwn) =>
        isOwn ? Timeout.InfiniteTimeSpan : operation.Deadline.LeftOrZero;

    // The deadline of another caller passed; a caller with more time left renders again.
    private static bool IsTimeout(RenderAnswer answer) =>
        answer.Content is { Summary.Outcome: RenderOutcome.TimedOut } || answer.RenderError is { Reason: "deadline" or "deadline-unmeetable" };
}

/// <summary>Identifies renders that can share one answer.</summary>
/// <param name="Affinity">The affinity.</param>
/// <param name="Request">Digest of everything that makes the answer differ, credentials included, so callers with different credentials never share, whatever affinity they name.</param>
/// <param name="Document">Whether the answer is the bare document.</param>
/// <param name="FullLoad">Whether the page must be loaded for it.</param>
internal sealed record RenderKey(string Affinity, string Request, bool Document, bool FullLoad)
{
    public static RenderKey Of(RenderOperation operation) =>
        new(operation.Affinity, RequestDigest.Of((PageRequest?)operation.Screenshot ?? operation.Request), operation.Document, operation.FullLoad);
}
