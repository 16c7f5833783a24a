using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.IndexNow;

/// <summary>Pages whose content has changed and that are not submitted yet, each once. In memory: those that wait when the server stops are not submitted.</summary>
internal sealed class ChangedPages(IOptions<IndexNowOptions> options)
{
    /// <summary>Maximum number of pages that wait; further ones are dropped.</summary>
    public const int MaxWaiting = 100_000;

    private readonly HashSet<string> _urls = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private int _dropped;

    /// <summary>Whether changed pages are submitted at all.</summary>
    public bool IsOn => options.Value.Key is not null;

    /// <summary>Adds pages.</summary>
    public void Add(params IEnumerable<string> urls)
    {
        lock (_gate)
        {
            foreach (var url in urls)
            {
                if (_urls.Count >= MaxWaiting && !_urls.Contains(url))
                {
                    _dropped++;
                }
                else
                {
                    _urls.Add(url);
                }
            }
        }
    }

    /// <summary>Takes pages out.</summary>
    /// <param name="max">Maximum number of pages.</param>
    /// <returns>The pages, and the number of those that were dropped since the last call.</returns>
    public (IReadOnlyList<string> Urls, int Dropped) Take(int max)
    {
        lock (_gate)
        {
            List<string> taken = [.. _urls.Take(max)];
            _urls.ExceptWith(taken);
            (var dropped, _dropped) = (_dropped, 0);
            return (taken, dropped);
        }
    }
}
