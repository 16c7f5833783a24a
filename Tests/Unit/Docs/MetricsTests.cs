using System.Text.Json;
using System.Text.RegularExpressions;

namespace Fleet.Tests.Docs;

/// <summary>docs/operating.md has a row for every metric of the source, and it, the alert rules and the dashboard name no other.</summary>
public sealed partial class MetricsTests
{
    private const string Operating = "docs/operating.md";
    private const string Alerts = "deploy/monitoring/alerts.yaml";
    private const string Dashboard = "deploy/monitoring/dashboard.json";

    /// <summary>Every instrument that the source creates.</summary>
    private static readonly IReadOnlyList<Instrument> s_instruments =
    [
        .. new[] { "Manager", "PrerenderServer", "RealmServer", "Registry", "ServiceDefaults" }
            .SelectMany(project => Directory.EnumerateFiles(Repository.File(project), "*.cs", SearchOption.AllDirectories))
            .SelectMany(file => Created().Matches(File.ReadAllText(file)))
            .Select(found => new Instrument(found.Groups["name"].Value, found.Groups["unit"].Value, found.Groups["kind"].Value)),
    ];

    [Fact]
    public void Rows_OfOperating_AreTheInstrumentsWithKindAndUnit()
    {
        var rows = File.ReadLines(Repository.File(Operating)).Select(line => Row().Match(line)).Where(row => row.Success)
            .Select(row => $"{row.Groups["name"].Value} {row.Groups["kind"].Value} {row.Groups["unit"].Value}").Order(StringComparer.Ordinal);
        Assert.Contains(s_instruments, instrument => instrument.Name == "fleet.manager.renders");
        Assert.Equal(s_instruments.Select(instrument => $"{instrument.Name} {instrument.KindInWords} {instrument.Unit}").Order(StringComparer.Ordinal), rows);
    }

    [Theory]
    [InlineData(Operating)]
    [InlineData(Alerts)]
    [InlineData(Dashboard)]
    public void Names_InFile_AreThoseOfInstruments(string file)
    {
        var known = s_instruments.SelectMany(instrument => instrument.InPrometheus).ToHashSet(StringComparer.Ordinal);
        var used = PrometheusName().Matches(File.ReadAllText(Repository.File(file))).Select(match => match.Value).Distinct().ToList();
        Assert.NotEmpty(used);
        Assert.DoesNotContain(used, name => !known.Contains(name) && !(file == Operating && known.Contains(name + "_count")));
    }

    [Fact]
    public void Dashboard_OfGrafana_ShowsEveryInstrument()
    {
        var text = File.ReadAllText(Repository.File(Dashboard));
        Assert.Equal(JsonValueKind.Object, JsonSerializer.Deserialize<JsonElement>(text).ValueKind);
        var shown = PrometheusName().Matches(text).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(s_instruments.Where(instrument => !instrument.InPrometheus.Any(shown.Contains)).Select(instrument => $"{instrument.Name} has no panel"));
    }

    [Fact]
    public void Names_OfInstruments_KeepTheConventions() => Assert.All(s_instruments, instrument =>
    {
        Assert.Matches(@"^fleet(\.[a-z]+(_[a-z]+)*)+$", instrument.Name);
        Assert.True(instrument.Unit == "s" || instrument.Unit.StartsWith('{'), $"{instrument.Name} has the unit '{instrument.Unit}'");
        Assert.True(instrument.Kind != "Histogram" || instrument.Unit == "s", $"{instrument.Name} is a histogram of '{instrument.Unit}'");
    });

    private sealed record Instrument(string Name, string Unit, string Kind)
    {
        public string KindInWords => Kind switch
        {
            "Counter" => "counter",
            "Histogram" => "histogram",
            "UpDownCounter" => "up-down counter",
            _ => "gauge",
        };

        public IEnumerable<string> InPrometheus
        {
            get
            {
                var name = Name.Replace('.', '_') + (Unit == "s" ? "_seconds" : "");
                return Kind switch
                {
                    "Counter" => [name + "_total"],
                    "Histogram" => [name + "_bucket", name + "_sum", name + "_count"],
                    _ => [name],
                };
            }
        }
    }

    [GeneratedRegex("""\.Create(?<kind>Counter|Histogram|UpDownCounter|ObservableGauge)(?:<\w+>)?\(\s*"(?<name>[^"]+)".*?"(?<unit>s|By|1|\{\w+\})",""", RegexOptions.Singleline)]
    private static partial Regex Created();

    [GeneratedRegex(@"^\| `(?<name>fleet\.[^`]+)` \| (?<kind>[^|]+) \| `(?<unit>[^`]+)` \|")]
    private static partial Regex Row();

    [GeneratedRegex(@"\bfleet_[a-z_]+")]
    private static partial Regex PrometheusName();
}
