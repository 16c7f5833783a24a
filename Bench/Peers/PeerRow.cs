using System.Globalization;

namespace Fleet.Bench.Peers;

/// <summary>One system to measure.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Key">How it is started: <c>fleet</c>, or the name in <c>peers/serve.mjs</c>.</param>
/// <param name="App">Which build of the app it renders: <c>contract</c> or <c>plain</c>.</param>
internal sealed record PeerSystem(string Name, string Key, string App)
{
    /// <summary>How long a system may take for a page: 10 s.</summary>
    public const int DeadlineMs = 10_000;

    /// <summary>Settings of the fleet.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Number of prerender servers, if the services are processes of their own. Default: 0, all services in one process.</summary>
    public int Servers { get; init; }

    /// <summary>The store of services that are processes of their own.</summary>
    public PeerStore Store { get; init; }
}

/// <summary>What a fleet has for Redis.</summary>
internal enum PeerStore
{
    /// <summary>Garnet, as a process.</summary>
    Garnet,

    /// <summary>redis-server, which has to be on the PATH.</summary>
    RedisServer,
}

/// <summary>One system, measured once.</summary>
/// <param name="System">The system.</param>
/// <param name="PerSecond">Renders per second.</param>
/// <param name="P50">Milliseconds.</param>
/// <param name="P95">Milliseconds.</param>
/// <param name="P99">Milliseconds.</param>
/// <param name="CpuMs">Processor time of a render: system, browser, app's server and bench.</param>
/// <param name="PssMb">Proportional set size of the system and its browsers at the end, in MB.</param>
/// <param name="ForeignShare">Share of the machine's processor time that other work took.</param>
/// <param name="Failed">Number of pages that were asked for and not rendered.</param>
internal sealed record PeerRow(PeerSystem System, double PerSecond, double P50, double P95, double P99, double CpuMs, double PssMb, double ForeignShare, int Failed)
{
    /// <summary>The measurement with the median rate.</summary>
    public static PeerRow Median(IEnumerable<PeerRow> rounds) => rounds.OrderBy(row => row.PerSecond).ToArray() is var sorted ? sorted[sorted.Length / 2] : null!;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"| {System.Name} | {PerSecond:0.0} | {P50:0} | {P95:0} | {P99:0} | {CpuMs:0} | {PssMb:0} |");
}
