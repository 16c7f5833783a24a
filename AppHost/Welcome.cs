using Fleet.AppHost.Local;
using Fleet.AppHost.Output;
using Fleet.AppHost.Settings;

namespace Fleet.AppHost;

/// <summary>What runs where and what to try, once it runs.</summary>
internal static class Welcome
{
    /// <summary>Prints the table.</summary>
    public static void Show(Topology topology, AppHostSettings settings, TimeSpan took, IFleetOutput output)
    {
        IEnumerable<(string What, string Where, string Note)> rows =
        [
            ("realm server", topology.Realm.ToString(), "host app and realms: open it in a browser"),
            ("manager", topology.Manager.ToString(), "renders, and the state of the fleet"),
            .. topology.Prerender.Select((uri, i) => (ResourceNames.Prerender(i), uri.ToString(), "")),
            ("redis", topology.Redis ?? "in memory", ""),
        ];

        output.Say("");
        foreach (var (what, where, note) in rows)
        {
            output.Say($"  {what,-14}{where,-26}{note}".TrimEnd());
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
