namespace Fleet.PrerenderServer.Rendering.Diagnostics;

/// <summary>The realms that hung a page within the last hour. Their next pages run with the debugger, so that the stack of one that hangs is known.</summary>
internal sealed class RecentHangs(TimeProvider time)
{
    private const int MaxRealms = 1_000;

    private static readonly TimeSpan s_memory = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _last = [];

    /// <summary>Records that a page of the realm hung.</summary>
    public void Add(string realm)
    {
        lock (_gate)
        {
            if (_last.Count >= MaxRealms && !_last.ContainsKey(realm))
            {
                _last.Remove(_last.MinBy(static hang => hang.Value).Key);
            }

            _last[realm] = time.GetTimestamp();
        }
    }

    /// <summary>Whether a page of the realm hung within the last hour.</summary>
    public bool Contains(string realm)
    {
        lock (_gate)
        {
            return _last.TryGetValue(realm, out var last) && time.GetElapsedTime(last) < s_memory;
        }
    }
}
