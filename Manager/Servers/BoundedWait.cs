namespace Fleet.Manager.Servers;

/// <summary>Waits with a timeout.</summary>
internal static class BoundedWait
{
    /// <summary>Waits for <paramref name="task"/>; false when <paramref name="timeout"/> passed first.</summary>
    public static async Task<bool> ForAsync(Task task, TimeSpan timeout, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        if (timeout <= TimeSpan.Zero)
        {
            return task.IsCompleted;
        }

        try
        {
            await task.WaitAsync(timeout, timeProvider, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
