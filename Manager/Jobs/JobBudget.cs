using Fleet.Contracts;
using Fleet.Registry.Jobs;

namespace Fleet.Manager.Jobs;

/// <summary>Decides which ended jobs are removed, so that results stay within their maximum.</summary>
internal static class JobBudget
{
    /// <summary>The jobs to remove, and whether the results of the others still exceed the maximum.</summary>
    /// <param name="jobs">All jobs, the newest first.</param>
    /// <param name="maxBytes">Maximum size of all results.</param>
    public static (IReadOnlyList<string> Removed, bool IsFull) For(IReadOnlyList<JobRecord> jobs, long maxBytes)
    {
        var bytes = jobs.Sum(static job => job.ResultBytes);
        var removed = new List<string>();
        // A job whose webhook is pending is kept: its receiver may request the results.
        foreach (var job in jobs.Reverse().Where(static job => job is { HasEnded: true, ResultBytes: > 0 } and not { Webhook.State: JobWebhookState.Pending }).TakeWhile(_ => bytes > maxBytes))
        {
            bytes -= job.ResultBytes;
            removed.Add(job.Id);
        }

        return (removed, bytes > maxBytes);
    }
}
