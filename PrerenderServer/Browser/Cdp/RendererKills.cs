namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>Why renderers were killed. Chromium reports only that a page crashed, a moment later.</summary>
internal sealed class RendererKills(TimeProvider time)
{
    private static readonly TimeSpan s_lifetime = TimeSpan.FromSeconds(5);
    private readonly Lock _gate = new();
    private readonly Queue<(string Reason, long At)> _reasons = [];

    /// <summary>Records a kill.</summary>
    public void Add(string reason)
    {
        lock (_gate)
        {
            _reasons.Enqueue((reason, time.GetTimestamp()));
        }
    }

    /// <summary>The reason of a kill in the last 5 s for a page that has just crashed; null if there was none. Each counts for one page.</summary>
    public string? Take()
    {
        lock (_gate)
        {
            while (_reasons.TryDequeue(out var kill))
            {
                if (time.GetElapsedTime(kill.At) < s_lifetime)
                {
                    return kill.Reason;
                }
            }

            return null;
        }
    }
}
