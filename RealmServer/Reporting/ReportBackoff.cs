using Fleet.Registry;

namespace Fleet.RealmServer.Reporting;

/// <summary>How long a repeated report waits.</summary>
internal static class ReportBackoff
{
    private static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(250);

    /// <summary>The pause after a report: 5 s after a success, 250 ms doubling to 5 s after failures. ± 20 % keep replicas that
    /// started together from reporting together; never more than 6 s, so that two lost reports still fit into the registry's 15 s.</summary>
    /// <param name="failures">Failures in a row; 0 after a success.</param>
    /// <param name="random">0 to 1.</param>
    public static TimeSpan Next(int failures, double random)
    {
        var pause = failures == 0 ? RegistryTtl.Repeat : TimeSpan.FromTicks(Math.Min(s_first.Ticks << Math.Min(failures - 1, 10), RegistryTtl.Repeat.Ticks));
        return pause * (0.8 + (0.4 * random));
    }
}
