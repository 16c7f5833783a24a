using Fleet.ServiceDefaults;
using Fleet.Manager.Rendering;

namespace Fleet.Manager.Scheduling;

/// <summary>Bounds how many renders that one render caused are under way at once, since they get through where others wait. The rest wait for each
/// other, and not in line with all: the places that become free there may be those of their own cause.</summary>
internal sealed class NestedRenderLimiter(TimeProvider timeProvider)
{
    /// <summary>Renders under way at once of one cause. A page has six connections to an origin.</summary>
    public const int MaxPerCause = 16;

    // By depth too: a call may keep its id over all hops, and the nested that are under way wait for their own children.
    private readonly Dictionary<(string Cause, int Depth), Family> _families = [];
    private readonly Lock _gate = new();

    /// <summary>Waits for a place among the renders of the same cause; a render that no other caused enters at once.</summary>
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
                    Part(key, family);
                })
                : RenderPermit.Refused(RenderError.Deadline(
                    $"The deadline of {(long)operation.Deadline.Total.TotalMilliseconds} ms passed while the render waited for others of the same cause: {MaxPerCause} may be under way."));
        }
        finally
        {
            if (!entered)
            {
                Part(key, family);
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

    private void Part((string Cause, int Depth) key, Family family)
    {
        lock (_gate)
        {
            if (--family.Members == 0)
            {
                _families.Remove(key);
            }
        }
    }

#pragma warning disable CA1001 // A semaphore whose wait handle nobody asked for holds nothing.
    private sealed class Family
#pragma warning restore CA1001
    {
        private readonly SemaphoreSlim _places = new(MaxPerCause);

        /// <summary>Those under way and those that wait.</summary>
        public int Members { get; set; }

        /// <summary>False when the deadline passed first.</summary>
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
