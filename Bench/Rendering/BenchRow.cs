using System.Globalization;

namespace Fleet.Bench.Rendering;

/// <summary>One way of rendering, measured once.</summary>
/// <param name="Way">Its name.</param>
/// <param name="Lanes">Visits at a time.</param>
/// <param name="PerSecond">Visits per second, all lanes.</param>
/// <param name="P50">Milliseconds.</param>
/// <param name="P95">Milliseconds.</param>
/// <param name="P99">Milliseconds.</param>
/// <param name="CpuMs">Processor time of a visit on the whole machine: service, bench, driver, Chromium.</param>
/// <param name="RoundTrips">Protocol commands of a visit; null where they are not ours to count.</param>
/// <param name="Kilobytes">Protocol bytes of a visit, both ways.</param>
internal sealed record BenchRow(string Way, int Lanes, double PerSecond, double P50, double P95, double P99, double CpuMs, double? RoundTrips, double? Kilobytes)
{
    public const string Head = """
        | way | at a time | renders/s | p50 ms | p95 ms | p99 ms | CPU ms | round trips | kB |
        |---|---|---|---|---|---|---|---|---|
        """;

    /// <summary>Of several measurements of the same, the one in the middle.</summary>
    public static BenchRow Median(IEnumerable<BenchRow> rounds) => rounds.OrderBy(row => row.PerSecond).ToArray() is var sorted ? sorted[sorted.Length / 2] : null!;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"| {Way} | {Lanes} | {PerSecond:0.0} | {P50:0.0} | {P95:0.0} | {P99:0.0} | {CpuMs:0.0} | {RoundTrips:0.0} | {Kilobytes:0.0} |");
}
