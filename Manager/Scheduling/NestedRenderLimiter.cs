using Fleet.ServiceDefaults;
using Fleet.Manager.Rendering;

namespace Fleet.Manager.Scheduling;

/// <summary>Limits how many nested renders of one cause are in flight, since they bypass the queue of <see cref="ConcurrencyGate"/>. The others wait here and not in
/// that queue, where they could wait for the permit that their own cause holds.</summary>
internal sealed class NestedRenderLimiter(TimeProvider timeProvider)
{
    /// <summary>Maximum number of nested renders in flight per cause. A page opens six connections to an origin.</summary>
    public const int MaxPerCause = 16;

    // Keyed by depth too: all hops share the request id, and nested renders in flight wait for their own nested renders.
    private readonly Dictionary<(string Cause, int Depth), Family> _families = [];
    private readonly Lock _gate = new();

    /// <summary>Waits for a permit among the renders of the same cause. A render without a cause gets one at once.</summary>
    public async Task<RenderPermit> EnterAsync(RenderOperation operation, CancellationToken cancellationToken)
    {
        if (operation.Cause is not { } cause)
        {
            return RenderPermit.Free;
        }

        var key = (cause.RequestId, cause.Depth);
        var family = Join(key);
        var entered = false;
        try
        {
            entered = await family.EnterAsync(operation.Deadline, timeProvider, cancellationToken);
            return entered
                ? new RenderPermit(() =>
                {
                    family.Leave();
                    Forget(key, family);
                })
                : RenderPermit.Refused(RenderError.Deadline(
                    $"The deadline of {(long)operation.Deadline.Total.TotalMilliseconds} ms passed while the render waited for others of the same cause: at most {MaxPerCause} may be in flight."));
        }
        finally
        {
            if (!entered)
            {
                Forget(key, family);
            }
        }
    }

    private Family Join((string Cause, int Depth) key)
    {
        lock (_gate)
        {
            if (!_families.TryGetValue(key, out var family))
            {
                _families[key] = family = new Family();
            }

            family.Members++;
            return family;
        }
    }

    private void Forget((string Cause, int Depth) key, Family family)
    {
        lock (_gate)
        {
            if (--family.Members == 0)
            {
                _families.Remove(key);
            }
        }
    }

#pragma warning disable CA1001 // A semaphore whose wait handle was never created owns no resources.
    private sealed class Family
#pragma warning restore CA1001
    {
        private readonly SemaphoreSlim _places = new(MaxPerCause);

        /// <summary>Number of renders in flight and waiting.</summary>
        public int Members { get; set; }

        /// <summary>Waits for a place. False when the deadline passed first.</summary>
        public async Task<bool> EnterAsync(Deadline deadline, TimeProvider timeProvider, CancellationToken cancellationToken)
        {
            using var timeout = new CancellationTokenSource(deadline.LeftOrZero, timeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
            try
            {
                await _places.WaitAsync(either.Token);
                return true;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return false;
            }
        }

        public void Leave() => _places.Release();
    }
}
