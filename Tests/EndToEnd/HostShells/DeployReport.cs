using System.Globalization;

namespace Fleet.Tests.HostShells;

/// <summary>The result of deploys under load.</summary>
/// <param name="Servers">Prerender servers.</param>
/// <param name="Deploys">Deploys.</param>
/// <param name="Renders">Renders answered meanwhile.</param>
/// <param name="Lost">Renders that got no answer, or an error.</param>
/// <param name="Killed">Renders that were cut short.</param>
/// <param name="StaleStored">Samples of the store that found no good page, or one that does not match its token.</param>
/// <param name="LeastCapacity">Least share of slots that were usable or booting, between a change and its arrival everywhere.</param>
/// <param name="Samples">Number of samples.</param>
/// <param name="FreshMs">From the claim until every page of one server was fresh, in milliseconds, ascending: one figure per server and deploy.</param>
internal sealed record DeployReport(
    int Servers, int Deploys, int Renders, int Lost, int Killed, int StaleStored, double LeastCapacity, int Samples, IReadOnlyList<double> FreshMs)
{
    /// <summary>The slots at that moment; unusable ones are marked.</summary>
    public string Least { get; init; } = "";

    /// <summary>The first page found that is not good; null when there was none.</summary>
    public string? Found { get; init; }

    public const string Head =
        """
        | servers | deploys | renders meanwhile | time to fresh p50 | p99 | renders lost | killed | stale stored | least usable or booting (samples) |
        |---|---|---|---|---|---|---|---|---|
        """;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"| {Servers} | {Deploys} | {Renders} | {Percentile(0.5) / 1000:0.00} s | {Percentile(0.99) / 1000:0.00} s | {Lost} | {Killed} | {StaleStored} | {LeastCapacity:P0} ({Samples}) |");

    private double Percentile(double share) => FreshMs.Count == 0 ? double.NaN : FreshMs[Math.Min(FreshMs.Count - 1, (int)Math.Ceiling(share * FreshMs.Count) - 1)];
}
