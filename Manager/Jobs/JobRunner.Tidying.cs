namespace Fleet.Manager.Jobs;

internal sealed partial class JobRunner
{
    /// <summary>Maximum number of ended jobs that are kept; the oldest are removed first.</summary>
    internal const int MaxEnded = 1_000;

    private static readonly TimeSpan s_tidy = TimeSpan.FromMinutes(1);

    // Removes the entries of expired jobs, and ended jobs beyond the maximum.
    private async Task RemoveOldAsync(CancellationToken cancellationToken)
    {
        var active = (await store.ListActiveAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal);
        var ended = (await store.ListAsync(cancellationToken)).Where(id => !active.Contains(id)).ToList();
        foreach (var (place, id) in ended.Index().Reverse())
        {
            if (place >= MaxEnded || await store.GetAsync(id, cancellationToken) is null)
            {
                await store.RemoveAsync(id, cancellationToken);
            }
        }
    }
}
