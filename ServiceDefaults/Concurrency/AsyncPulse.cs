namespace Fleet.ServiceDefaults.Concurrency;

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
