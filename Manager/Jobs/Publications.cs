using Fleet.Contracts;
using Fleet.Registry.Jobs;

namespace Fleet.Manager.Jobs;

/// <summary>Converts the job of a publication to the form that callers get.</summary>
internal static class Publications
{
    private const int ResultsPerRead = 1_000;

    /// <summary>The publication, with the first pages that are not fresh.</summary>
    /// <exception cref="Registry.RegistryUnavailableException">The registry is unavailable.</exception>
    public static async Task<Publication> OfAsync(JobRecord job, IJobStore store, CancellationToken cancellationToken)
    {
        List<JobUrlResult> notFresh = [];
        for (var first = 0; notFresh.Count < Math.Min(job.Failed + job.Skipped, PublicationLimits.MaxListed) && first < job.Done; first += ResultsPerRead)
        {
            notFresh.AddRange((await store.ReadResultsAsync(job.Id, first, ResultsPerRead, cancellationToken)).Where(static result => result.Outcome != JobUrlOutcome.Succeeded));
        }

        return Of(job, notFresh);
    }

    internal static Publication Of(JobRecord job, IReadOnlyList<JobUrlResult> notFresh) => new()
    {
        Id = job.Id,
        State = StateOf(job),
        Generation = job.Definition.Publication!.Generation,
        RenderedAfter = job.Definition.Publication.RenderedAfter,
        CreatedAt = job.CreatedAt,
        EndedAt = job.EndedAt,
        Total = job.Total + job.UpToDate,
        Fresh = job.Succeeded + job.UpToDate,
        Failed = job.Failed + job.Skipped,
        Omitted = job.Omitted,
        NotFresh = notFresh.Count == 0 ? null : [.. notFresh.Take(PublicationLimits.MaxListed)],
        Reason = job.Reason,
        Detail = job.Detail,
        Webhook = job.Webhook,
    };

    /// <summary>The state of the publication.</summary>
    internal static PublicationState StateOf(JobRecord job) => job.State switch
    {
        JobState.Queued or JobState.Running => PublicationState.Pending,
        JobState.Cancelled => PublicationState.Cancelled,
        JobState.Completed when job is { Failed: 0, Skipped: 0, Omitted: 0, Reason: null } => PublicationState.Fresh,
        _ => PublicationState.Incomplete,
    };
}
