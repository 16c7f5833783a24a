using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.Manager.Scheduling;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Stopping;

namespace Fleet.Manager.Pipeline;

/// <summary>
/// Takes a render from request to answer. The stages, in order: validate, enter (unless the manager drains), resolve the affinity, look for a stored page, check the quarantine,
/// coalesce with an identical render in flight, wait for a permit among renders of the same cause, wait for a permit of the gate, dispatch. Each stage may
/// end the render.
/// </summary>
internal sealed class RenderPipeline(
    RenderRecorder recorder,
    RequestDrain drain,
    AffinityResolver affinities,
    StoredPages stored,
    Quarantine quarantine,
    RequestCoalescer coalescer,
    NestedRenderLimiter nested,
    ConcurrencyGate gate,
    RenderDispatcher dispatcher,
    TimeProvider timeProvider)
{
    /// <summary>Renders a call.</summary>
    /// <param name="call">The request as the caller sent it.</param>
    /// <param name="cancellationToken">Cancelled when the caller disconnects.</param>
    public async Task<RenderAnswer> RenderAsync(RenderCall call, CancellationToken cancellationToken)
    {
        using var record = recorder.Begin(call);
        return record.Answer = await AnswerAsync(call, cancellationToken);
    }

    private async Task<RenderAnswer> AnswerAsync(RenderCall call, CancellationToken cancellationToken)
    {
        if (RenderRules.CheckForm(call.Request) is { } invalid)
        {
            return invalid;
        }

        // A page may keep its lineage after its render has ended. An expired lineage gives no privileges.
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
        var (resolved, affinity, error) = await affinities.ResolveAsync(call, deadline, cancellationToken);
        if (error is not null)
        {
            return error;
        }

        if (await stored.FindAsync(resolved, affinity!, cancellationToken) is { } document)
        {
            return document;
        }

        var operation = RenderOperation.From(resolved, cause, affinity!, deadline);
        if (quarantine.Check(operation) is { } quarantined)
        {
            return quarantined;
        }

        return await coalescer.RunAsync(operation, RunAsync, cancellationToken);
    }

    // Runs once for all callers that share the render; the token is cancelled when the last of them leaves.
    private async Task<RenderAnswer> RunAsync(RenderOperation operation, CancellationToken cancellationToken)
    {
        using var nestedPermit = await nested.EnterAsync(operation, cancellationToken);
        if (nestedPermit.Error is { } nestedError)
        {
            return nestedError;
        }

        using var permit = await gate.EnterAsync(operation, cancellationToken);
        return permit.Error is { } error ? error : gate.WithBacklog(await dispatcher.RenderAsync(operation, cancellationToken));
    }
}
