using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Stopping;

namespace Fleet.Manager.Pipeline;

/// <summary>
/// Takes a render from request to answer. The stages, in order: validate, enter (unless the manager drains), resolve the affinity, look for a stored page, coalesce with an identical
/// render in flight, and, once for all callers that share it, <see cref="ScheduledRenders"/>. Each stage may end the render.
/// </summary>
internal sealed class RenderPipeline(
    RenderRecorder recorder,
    RequestDrain drain,
    AffinityResolver affinities,
    StoredPageReader stored,
    RequestCoalescer coalescer,
    ScheduledRenders scheduled,
    TimeProvider timeProvider)
{
    /// <summary>Renders a call.</summary>
    /// <param name="call">The request as the caller sent it.</param>
    /// <param name="cancellationToken">Cancelled when the caller disconnects.</param>
    public async Task<RenderAnswer> RenderAsync(RenderCall call, CancellationToken cancellationToken)
    {
        using var record = recorder.Begin(call);
        return record.Answer = await AnswerAsync(call, record, cancellationToken);
    }

    private async Task<RenderAnswer> AnswerAsync(RenderCall call, RenderRecorder.Record record, CancellationToken cancellationToken)
    {
        if (RenderRules.CheckForm(call.Request) is { } invalid)
        {
            return invalid;
        }

        if (call.Request.WaitForFunction is not null && !call.HasKey)
        {
            return RenderRules.FunctionWithoutKey;
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

        record.Affinity = affinity;
        if (await stored.FindAsync(resolved, affinity!, cancellationToken) is { } document)
        {
            return document;
        }

        var operation = RenderOperation.From(resolved, cause, affinity!, deadline);
        return await coalescer.RunAsync(operation, scheduled.RunAsync, cancellationToken);
    }
}
