using Fleet.PrerenderServer.Pool;

namespace Fleet.PrerenderServer.Registration;

/// <summary>Replaces the browser when an operator asks for it. An render of the whole fleet arrives as a request and as a hint; its generation, which the
/// registry counts, makes sure that it is carried out once.</summary>
internal sealed class Recycler(IPagePool pool)
{
    private readonly Lock _gate = new();
    private long _last;

    /// <summary>Recycles, unless this generation or a later one was carried out before; false then.</summary>
    /// <param name="generation">The render's; null for a request to this server alone, which is always carried out.</param>
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

        pool.RecycleBrowser("an operator asked for it");
        return true;
    }
}
