using Fleet.Contracts;
using Fleet.Registry.Jobs;

namespace Fleet.Manager.Jobs;

/// <summary>Converts a stored job to the form that callers get.</summary>
internal static class JobProgress
{
    /// <summary>The job with its rate, which is measured over its last results, and the time that the known URLs take at that rate.</summary>
    public static JobStatus Of(JobRecord job)
    {
        var rate = job.State == JobState.Running ? RateOf(Math.Min(job.Done, JobRecord.Window), job.WindowStart, job.ReadAt) : null;
        return new()
        {
            Id = job.Id,
            Kind = job.Definition.Kind,
            Source = JobRequestRules.SourceOf(job.Definition.Request),
            State = job.State,
            CreatedAt = job.CreatedAt,
            StartedAt = job.StartedAt,
            EndedAt = job.EndedAt,
            Reason = job.Reason,
            Detail = job.Detail,
            Total = job.Total,
            Done = job.Done,
            Succeeded = job.Succeeded,
            Failed = job.Failed,
            Skipped = job.Skipped,
            Omitted = job.Omitted,
            UrlsPerSecond = rate is { } known ? Math.Round(known, 3) : null,
            SecondsLeft = rate is > 0 ? (long)Math.Ceiling((job.Total - job.Done) / rate.Value) : null,
            Webhook = job.Webhook,
        };
    }

    /// <summary>Results per second since the oldest of the last results, which itself does not count; null with fewer than two results.</summary>
    internal static double? RateOf(int results, DateTimeOffset? oldest, DateTimeOffset now) =>
        results < 2 || oldest is not { } since || now <= since ? null : (results - 1) / (now - since).TotalSeconds;
}
