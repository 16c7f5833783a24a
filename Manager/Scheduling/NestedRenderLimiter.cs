using Fleet.Manager.Rendering;

namespace Fleet.Manager.Scheduling;

/// <summary>Bounds how many renders that one render caused are under way at once, since they get through where others wait. The rest wait for each
/// other, and not in line with all: the places that become free there may be those of their own cause.</summary>
internal sealed class NestedRenderLimiter(TimeProvider timeProvider)
{
    /// <summary>Renders under way at once of one cause. A page has six connections to an origin.</summary>
    public const int Most = 16;

    // By depth too: a call may keep its id over all hops, and the siblings that are under way wait for their own children.
    private readonly Dictionary<(string Cause, int Depth), Family> _families = [];
    private readonly Lock _gate = new();

    /// <summary>Runs a render: at once if no other caused it, else when there is a place among those of its cause.</summary>
    public async Task<RenderAnswer> RunAsync(RenderOperation visit, Func<Task<RenderAnswer>> render, CancellationToken cancellationToken)
    {
        if (visit.Cause is not { } cause)
        {
            return await render();
        }

        var family = Join((cause.RequestId, cause.Depth));
        try
        {
            if (!await family.EnterAsync(visit.Deadline, timeProvider, cancellationToken))
            {
                return RenderError.Deadline($"The deadline of {(long)visit.Deadline.Patience.TotalMilliseconds} ms passed while the render waited for others of the same cause: {Most} may be under way.");
            }

            try
            {
                return await render();
            }
            finally
            {
                family.Leave();
            }
        }
        finally
        {
            Part((cause.RequestId, cause.Depth), family);
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
        private readonly SemaphoreSlim _places = new(Most);

        /// <summary>Those under way and those that wait.</summary>
        public int Members { get; set; }

        /// <summary>False when the deadline passed first.</summary>
        public async Task<bool> EnterAsync(Deadline deadline, TimeProvider timeProvider, CancellationToken cancellationToken)
        {
            using var patience = new CancellationTokenSource(deadline.Left > TimeSpan.Zero ? deadline.Left : TimeSpan.Zero, timeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
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
