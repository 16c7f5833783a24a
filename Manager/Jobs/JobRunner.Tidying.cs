using System.Globalization;
using Fleet.Contracts;
using Fleet.Registry.Jobs;

namespace Fleet.Manager.Jobs;

internal sealed partial class JobRunner
{
    /// <summary>Maximum number of ended jobs that are kept; the oldest are removed first.</summary>
    internal const int MaxEnded = 1_000;

    private static readonly TimeSpan s_tidy = TimeSpan.FromMinutes(1);

    // Whether new results are recorded without details.
    private volatile bool _isFull;

    // Removes the entries of expired jobs, and ended jobs beyond the maximum of jobs or of results.
    private async Task RemoveOldAsync(CancellationToken cancellationToken)
    {
        var active = (await store.ListActiveAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal);
        var jobs = new List<JobRecord>();
        foreach (var id in active)
        {
            if (await store.GetAsync(id, cancellationToken) is { } job)
            {
                jobs.Add(job);
            }
            else
            {
                await RemoveUnreadableAsync(id, cancellationToken);
            }
        }

        var ended = (await store.ListAsync(cancellationToken)).Where(id => !active.Contains(id)).ToList();
        foreach (var (place, id) in ended.Index().Reverse())
        {
            if (place >= MaxEnded || await store.GetAsync(id, cancellationToken) is not { } job)
            {
                await store.RemoveAsync(id, cancellationToken);
            }
            else
            {
                jobs.Add(job);
            }
        }

        // Ids sort by time of creation.
        (var removed, _isFull) = JobBudget.For([.. jobs.OrderByDescending(static job => job.Id, StringComparer.Ordinal)], options.Value.MaxResultsBytes);
        foreach (var id in removed)
        {
            LogResultsFull(id, options.Value.MaxResultsMb);
            await store.RemoveAsync(id, cancellationToken);
        }
    }

    // No manager works on a job that has lost its record, or that is signed with an earlier admin key, so nothing else would ever end it.
    private async Task RemoveUnreadableAsync(string id, CancellationToken cancellationToken)
    {
        if (timeProvider.GetUtcNow() - CreationOf(id) > options.Value.MaxDuration)
        {
            await store.EndAsync(id, JobState.Failed, "unreadable", "Its record cannot be read.", options.Value.Keep, cancellationToken);
        }

        // Does nothing to a job that has a state and has not ended: it may be of a later version.
        await store.RemoveAsync(id, cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "Job {Id} is removed with its results before its time: the results of all jobs exceed {MaxMb} MB (Jobs:MaxResultsMb).")]
    private partial void LogResultsFull(string id, int maxMb);

    /// <summary>When a job was created, which is part of its id; null for an id of another kind.</summary>
    internal static DateTimeOffset? CreationOf(string id) =>
        Guid.TryParseExact(id, "N", out var guid) && guid.Version == 7 && long.TryParse(id.AsSpan(0, 12), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
                ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
}
