using Fleet.Contracts;

namespace Fleet.Manager.Telemetry;

/// <summary>The most recent and the slowest renders of this manager. Bounded; thread-safe.</summary>
internal sealed class RecentRenders(TimeProvider timeProvider)
{
    /// <summary>Number of recent renders that are kept.</summary>
    public const int MaxRecent = 500;

    /// <summary>Number of slow renders that are kept.</summary>
    public const int MaxSlowest = 50;

    /// <summary>How long a slow render is kept: 1 h.</summary>
    public static readonly TimeSpan SlowestAge = TimeSpan.FromHours(1);

    private readonly Queue<RecentRender> _recent = [];
    private readonly List<RecentRender> _slowest = [];
    private readonly Lock _gate = new();

    public void Add(RecentRender render)
    {
        lock (_gate)
        {
            _recent.Enqueue(render);
            if (_recent.Count > MaxRecent)
            {
                _recent.Dequeue();
            }

            if (_slowest.Count >= MaxSlowest)
            {
                var oldest = timeProvider.GetUtcNow() - SlowestAge;
                _slowest.RemoveAll(slow => slow.At < oldest);
            }

            // In order, the slowest first.
            if (_slowest.Count < MaxSlowest || render.DurationMs > _slowest[^1].DurationMs)
            {
                _slowest.Insert(_slowest.FindIndex(slow => slow.DurationMs < render.DurationMs) is >= 0 and var place ? place : _slowest.Count, render);
                if (_slowest.Count > MaxSlowest)
                {
                    _slowest.RemoveAt(MaxSlowest);
                }
            }
        }
    }

    /// <summary>The most recent renders, newest first.</summary>
    /// <param name="match">Text that the URL or the affinity contains, ignoring case; null for all.</param>
    public IReadOnlyList<RecentRender> Newest(string? match)
    {
        lock (_gate)
        {
            return [.. _recent.Reverse().Where(render => Matches(render, match))];
        }
    }

    /// <summary>The slowest renders of the last hour, the slowest first.</summary>
    /// <param name="match">As for <see cref="Newest"/>.</param>
    public IReadOnlyList<RecentRender> Slowest(string? match)
    {
        var oldest = timeProvider.GetUtcNow() - SlowestAge;
        lock (_gate)
        {
            return [.. _slowest.Where(render => render.At >= oldest && Matches(render, match))];
        }
    }

    private static bool Matches(RecentRender render, string? match) => match is null
        || render.Url.Contains(match, StringComparison.OrdinalIgnoreCase)
        || render.Affinity?.Contains(match, StringComparison.OrdinalIgnoreCase) == true;
}
