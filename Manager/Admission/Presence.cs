using Fleet.Manager.Membership;
using Fleet.Manager.Visits;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Admission;

/// <summary>Who is in, and nobody new when the manager stops.</summary>
internal sealed class Presence(IOptions<ManagerOptions> options, TimeProvider timeProvider)
{
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private int _present;
    private bool _draining;

    /// <summary>Callers whose answer is under way, those that wait included.</summary>
    public int Count => Volatile.Read(ref _present);

    /// <summary>Whether the manager stops.</summary>
    public bool IsDraining => Volatile.Read(ref _draining);

    /// <summary>Answers a caller, unless the manager stops.</summary>
    public async Task<RenderAnswer> RunAsync(Func<Task<RenderAnswer>> answer)
    {
        if (!TryCome())
        {
            return new Refusal(503, "draining", "This manager is stopping. Ask again: another, or its successor, will answer.") { RetryAfter = TimeSpan.FromSeconds(1) };
        }

        try
        {
            return await answer();
        }
        finally
        {
            Go();
        }
    }

    /// <summary>Lets nobody in any more and waits, bounded, for those who are in. True when all have left.</summary>
    public async Task<bool> DrainAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _draining = true;
            if (_present == 0)
            {
                _idle.TrySetResult();
            }
        }

        return await Waiting.ForAsync(_idle.Task, options.Value.DrainTimeout, timeProvider, cancellationToken);
    }

    private bool TryCome()
    {
        lock (_gate)
        {
            _present += _draining ? 0 : 1;
            return !_draining;
        }
    }

    private void Go()
    {
        lock (_gate)
        {
            if (--_present == 0 && _draining)
            {
                _idle.TrySetResult();
            }
        }
    }
}
