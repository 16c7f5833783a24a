using Fleet.PrerenderServer.Pool;

namespace Fleet.PrerenderServer.Api;

/// <summary>Replaces the browser when an operator asks, once for each time that is asked, however often and by whatever way it is heard.</summary>
internal sealed class Recycler(IPagePool pool)
{
    private readonly Lock _gate = new();
    private long _last;

    /// <summary>False when this version, or a later one, was heard before.</summary>
    public bool Recycle(long version)
    {
        lock (_gate)
        {
            if (version <= _last)
            {
                return false;
            }

            _last = version;
        }

        pool.RecycleBrowser("an operator asked for it");
        return true;
    }
}
