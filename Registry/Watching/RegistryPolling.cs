using Fleet.ServiceDefaults;

namespace Fleet.Registry.Watching;

/// <summary>How often the registry is read, and written, again.</summary>
public static class RegistryPolling
{
    /// <summary>The least time between two reads, whatever the change notifications: 100 ms. Busy servers notify of every change.</summary>
    public static readonly TimeSpan MinInterval = TimeSpan.FromMilliseconds(100);

    private static readonly Backoff s_backoff = new(TimeSpan.FromMilliseconds(250), RegistryTtl.Repeat);

    /// <summary>The pause after a success is <see cref="RegistryTtl.Repeat"/>, after failures 250 ms, doubled with each further one up to that. Each is up to
    /// a fifth shorter, so that services which lost Redis together do not return together, and never longer: two lost heartbeats must fit into what
    /// the registry waits for.</summary>
    /// <param name="failures">Failures in a row; 0 after a success.</param>
    /// <param name="random">0 to 1: which part of the fifth is taken off.</param>
    public static TimeSpan PauseAfter(int failures, double random) =>
        failures == 0 ? Backoff.Spread(RegistryTtl.Repeat, random) : s_backoff.After(failures, random);
}
