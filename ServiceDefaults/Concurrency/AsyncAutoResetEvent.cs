namespace Fleet.ServiceDefaults.Concurrency;

/// <summary>Wakes one asynchronous waiter per signal, first come, first served. A signal that finds no waiter is kept for the next one; several kept
/// signals are one.</summary>
/// <remarks>Every signal is taken exactly once: a wait that is cancelled or times out in the moment it is signaled returns true instead. A caller that
/// must not go on after cancellation checks its token.</remarks>
public sealed class AsyncAutoResetEvent
{
    private readonly LinkedList<TaskCompletionSource> _waiters = [];
    private readonly Lock _gate = new();
    private bool _isSet;

    /// <summary>Wakes the waiter that has waited longest, else the next one to come.</summary>
    public void Set()
    {
        lock (_gate)
        {
            if (_waiters.First is not { } longest)
            {
                _isSet = true;
                return;
            }

            _waiters.Remove(longest);
            longest.Value.SetResult();
        }
    }

    /// <summary>Discards a kept signal. For a caller that is about to look at what the signal announced.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            _isSet = false;
        }
    }

    /// <summary>Waits for a signal and takes it. False when <paramref name="timeout"/> passed first.</summary>
    /// <param name="timeout">The longest wait; <see cref="Timeout.InfiniteTimeSpan"/> for no bound. With zero or less only a kept signal is taken.</param>
    /// <param name="timeProvider">The clock of the timeout.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled and has taken no signal.</exception>
    public async Task<bool> WaitAsync(TimeSpan timeout, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinkedListNode<TaskCompletionSource> waiter;
        lock (_gate)
        {
            if (_isSet)
            {
                _isSet = false;
                return true;
            }

            if (timeout <= TimeSpan.Zero && timeout != Timeout.InfiniteTimeSpan)
            {
                return false;
            }

            waiter = _waiters.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        try
        {
            await waiter.Value.Task.WaitAsync(timeout, timeProvider, cancellationToken);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            if (!TryLeave(waiter))
            {
                return true;
            }

            if (e is OperationCanceledException)
            {
                throw;
            }

            return false;
        }
    }

    /// <summary>False when the waiter has been signaled meanwhile.</summary>
    private bool TryLeave(LinkedListNode<TaskCompletionSource> waiter)
    {
        lock (_gate)
        {
            if (waiter.List is null)
            {
                return false;
            }

            _waiters.Remove(waiter);
            return true;
        }
    }
}

/// <summary>Wakes all who wait for the next change, and keeps nothing for those who come later; <see cref="AsyncAutoResetEvent"/> wakes one and keeps the
/// signal. Take <see cref="Next"/>, then look at the state, then await: a change in between is not missed.</summary>
public sealed class AsyncPulse
{
    private TaskCompletionSource _next = New();

    /// <summary>Completes at the next <see cref="PulseAll"/>.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Completes <see cref="Next"/> for all who have taken it.</summary>
    public void PulseAll() => Interlocked.Exchange(ref _next, New()).SetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
