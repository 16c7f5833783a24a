namespace Fleet.ServiceDefaults.Concurrency;

/// <summary>Releases one asynchronous waiter per signal, in order of arrival. A signal without a waiter is kept for the next one; several kept signals count as
/// one.</summary>
/// <remarks>Every signal is consumed exactly once: a wait that is cancelled or times out at the moment it is signaled returns true. A caller that must not
/// continue after cancellation checks its token.</remarks>
public sealed class AsyncAutoResetEvent
{
    private readonly LinkedList<TaskCompletionSource> _waiters = [];
    private readonly Lock _gate = new();
    private bool _isSet;

    /// <summary>Releases the waiter that has waited longest, or the next one if none waits.</summary>
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

    /// <summary>Discards a kept signal. For a caller that is about to read the state that the signal announced.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            _isSet = false;
        }
    }

    /// <summary>Waits for a signal and consumes it. False when <paramref name="timeout"/> passed first.</summary>
    /// <param name="timeout">The maximum wait; <see cref="Timeout.InfiniteTimeSpan"/> for no limit. With zero or less only a kept signal is consumed.</param>
    /// <param name="timeProvider">The clock of the timeout.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled and consumed no signal.</exception>
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

    /// <summary>Removes a waiter. False when it has already been signaled.</summary>
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

/// <summary>Releases all current waiters per pulse and keeps no signal, unlike <see cref="AsyncAutoResetEvent"/>. Take <see cref="Next"/> first, then read the state,
/// then await: a change in between is then not missed.</summary>
public sealed class AsyncPulse
{
    private TaskCompletionSource _next = New();

    /// <summary>Completes at the next <see cref="PulseAll"/>.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Completes the current <see cref="Next"/>.</summary>
    public void PulseAll() => Interlocked.Exchange(ref _next, New()).SetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
