using Fleet.PrerenderServer.Pool;

namespace Fleet.PrerenderServer.Registration;

/// <summary>Replaces the browser when an operator requests it. A fleet-wide recycle arrives as a request and as a change notification; its generation,
/// which the registry counts, ensures that it runs once.</summary>
internal sealed class Recycler(IPagePool pool)
{
    private readonly Lock _gate = new();
    private long _last;

    /// <summary>Recycles and returns true, unless this generation or a later one has run before.</summary>
    /// <param name="generation">Generation of a fleet-wide recycle; null for a request to this server alone, which always runs.</param>
    public bool Recycle(long? generation)
    {
        lock (_gate)
        {
            if (generation <= _last)
            {
                return false;
            }

            _last = generation ?? _last;
        }

        pool.RecycleBrowser("requested by an operator");
        return true;
    }
}
