namespace Fleet.Registry.Watching;

/// <summary>How long to wait before the next read.</summary>
internal static class Backoff
{
    /// <summary>Between two reads, whatever the hints: 100 ms. Servers that are busy hint at every change, and each watcher of each service reads all.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);

    /// <summary>After a success the poll; after failures 250 ms, doubled with each further one, never longer than the poll.</summary>
    /// <param name="failures">Failures in a row.</param>
    /// <param name="jitter">0 to 1. It takes up to a fifth off, so that services which lost Redis together do not return together.</param>
    public static TimeSpan Next(int failures, double jitter)
    {
        var delay = failures is 0 or > 16 ? RegistryTtl.Repeat : First * Math.Pow(2, failures - 1);
        return (delay < RegistryTtl.Repeat ? delay : RegistryTtl.Repeat) * (1 - (0.2 * jitter));
    }
}
