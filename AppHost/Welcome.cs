using Fleet.AppHost.Local;
using Fleet.AppHost.Output;
using Fleet.AppHost.Settings;

namespace Fleet.AppHost;

/// <summary>What runs where and what to try, once it runs.</summary>
internal static class Welcome
{
    /// <summary>Prints the table.</summary>
    /// <param name="topology">What runs where.</param>
    /// <param name="processIds">The processes by resource; those that are missing are not this program's own.</param>
    /// <param name="settings">What it was started with.</param>
    /// <param name="took">How long the start took.</param>
    /// <param name="output">Where to.</param>
    public static void Show(Topology topology, IReadOnlyDictionary<string, int> processIds, AppHostSettings settings, TimeSpan took, IFleetOutput output)
    {
        IEnumerable<(string Resource, string What, string Where, string Note)> rows =
        [
            (ResourceNames.Realm, "realm server", topology.Realm.ToString(), "host app and realms: open it in a browser"),
            (ResourceNames.Manager, "manager", topology.Manager.ToString(), "renders, and the state of the fleet"),
            .. topology.Prerender.Select((uri, i) => (ResourceNames.Prerender(i), ResourceNames.Prerender(i), uri.ToString(), "")),
            (ResourceNames.Redis, "redis", topology.Redis ?? "in memory", ""),
        ];

        output.Say("");
        foreach (var (resource, what, where, note) in rows)
        {
            // To have something to kill, freeze or look at.
            var process = processIds.TryGetValue(resource, out var id) ? $"process {id}" : "";
            output.Say($"  {what,-14}{where,-26}{process,-17}{note}".TrimEnd());
        }

        output.Say("");
        foreach (var (i, command) in Commands(topology, settings.IsSample).Index())
        {
            output.Say($"  {(i == 0 ? "Try" : ""),-14}{command}");
        }

        output.Say(settings.Fleet.AdminKey is null
            ? $"  Operators     send 'Authorization: Bearer {topology.AdminKey}' (made for this run; Fleet:AdminKey sets it)"
            : "  Operators     send 'Authorization: Bearer <your Fleet:AdminKey>'");
        output.Say("");
        output.Say($"Ready in {took.TotalSeconds:0.0} s. Ctrl-C stops everything.");
    }

    // The sample has a card that is known; of another app it is only known that it has a first page, which is in no realm.
    private static string[] Commands(Topology topology, bool isSample)
    {
        var render = new Uri(topology.Manager, "render");
        var card = new Uri(topology.Realm, "elements/hydrogen");
        return isSample
            ? [$"curl -H 'Accept: text/html' {card}", $"curl '{render}?url={card}'"]
            : [$"curl -A Googlebot {topology.Realm}", $"curl '{render}?url={topology.Realm}&affinity=realm:{topology.Realm}'"];
    }
}
