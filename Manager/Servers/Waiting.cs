namespace Fleet.Manager.Servers;

/// <summary>Bounded waits.</summary>
internal static class Waiting
{
    /// <summary>Waits for <paramref name="task"/>; false when <paramref name="patience"/> ran out first.</summary>
    public static async Task<bool> ForAsync(Task task, TimeSpan patience, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        if (patience <= TimeSpan.Zero)
        {
            return task.IsCompleted;
        }

        try
        {
            await task.WaitAsync(patience, timeProvider, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
