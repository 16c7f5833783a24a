using Fleet.Manager.Rendering;
using Fleet.Manager.Scheduling;

namespace Fleet.Manager.Pipeline;

/// <summary>Runs a render when it is its turn. The stages, in order: check the quarantine, wait for a permit among renders of the same cause, wait for a permit of the gate, dispatch.</summary>
internal sealed class ScheduledRenders(Quarantine quarantine, NestedRenderLimiter nested, ConcurrencyGate gate, RenderDispatcher dispatcher)
{
    /// <summary>Runs the render once for all callers that share it.</summary>
    /// <param name="operation">The render.</param>
    /// <param name="cancellationToken">Cancelled when the last caller leaves.</param>
    public async Task<RenderAnswer> RunAsync(RenderOperation operation, CancellationToken cancellationToken)
    {
        if (quarantine.Check(operation) is { } quarantined)
        {
            return quarantined;
        }

        using var nestedPermit = await nested.EnterAsync(operation, cancellationToken);
        if (nestedPermit.Error is { } nestedError)
        {
            return nestedError;
        }

        using var permit = await gate.EnterAsync(operation, cancellationToken);
        return permit.Error is { } error ? error : gate.WithBacklog(await dispatcher.RenderAsync(operation, cancellationToken));
    }
}
