using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.Manager.Scheduling;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Stopping;

namespace Fleet.Manager.Pipeline;

/// <summary>
/// A render from request to answer. The stages, in order: validate, enter (unless the manager stops), resolve the affinity, check the quarantine,
/// coalesce with the same render under way, wait among renders of the same cause, wait for a free place, dispatch. Each stage may end the render.
/// </summary>
internal sealed class RenderPipeline(
    RenderRecorder recorder,
    RequestDrain drain,
    AffinityResolver affinities,
    Quarantine quarantine,
    RequestCoalescer coalescer,
    NestedRenderLimiter nested,
    ConcurrencyGate gate,
    RenderDispatcher dispatcher,
    TimeProvider timeProvider)
{
    /// <param name="call">The request as its caller made it.</param>
    /// <param name="cancellationToken">Cancelled when the caller has gone.</param>
    public async Task<RenderAnswer> RenderAsync(RenderCall call, CancellationToken cancellationToken)
    {
        using var record = recorder.Begin(call.RequestId);
        return record.Answer = await AnswerAsync(call, cancellationToken);
    }

    private async Task<RenderAnswer> AnswerAsync(RenderCall call, CancellationToken cancellationToken)
    {
        if (RenderRules.CheckForm(call.Request) is { } invalid)
        {
            return invalid;
        }

        // A page may keep its lineage and use it after the render has ended: then it is a caller like any other.
        var cause = call.Cause?.Expires > timeProvider.GetUtcNow() ? call.Cause : null;
        if (cause?.Depth == RenderLineage.MaxDepth)
        {
            return RenderRules.TooDeep;
        }

        using var ticket = drain.TryEnter();
        if (ticket is null)
        {
            return RenderRules.Draining;
        }

        var deadline = new Deadline(RenderRules.Timeout(call), timeProvider);
        var (affinity, notPlaced) = await affinities.ResolveAsync(call, deadline, cancellationToken);
        if (notPlaced is not null)
        {
            return notPlaced;
        }

        var operation = RenderOperation.From(call, cause, affinity!, deadline);
        if (quarantine.Check(operation) is { } quarantined)
        {
            return quarantined;
        }

        return await coalescer.RunAsync(operation, RunAsync, cancellationToken);
    }

    // Runs once for all callers that want the same; the token is cancelled when the last of them has gone.
    private async Task<RenderAnswer> RunAsync(RenderOperation operation, CancellationToken cancellationToken)
    {
        using var turn = await nested.EnterAsync(operation, cancellationToken);
        if (turn.Error is { } waitedForSiblings)
        {
            return waitedForSiblings;
        }

        using var place = await gate.EnterAsync(operation, cancellationToken);
        return place.Error is { } noPlace ? noPlace : gate.WithBacklog(await dispatcher.RenderAsync(operation, cancellationToken));
    }
}
