using Fleet.Standalone.Hosting;

namespace Fleet.Standalone.Serving;

/// <summary>The addresses and commands that are printed once the fleet is ready.</summary>
internal static class ServeSummary
{
    /// <summary>Formats the summary.</summary>
    /// <param name="settings">Settings of the fleet.</param>
    /// <param name="addresses">Where the services listen.</param>
    /// <param name="adminKeyFile">The file with the admin key; null when there is none.</param>
    /// <param name="took">How long the start took.</param>
    public static string Format(StandaloneSettings settings, StandaloneAddresses addresses, string? adminKeyFile, TimeSpan took)
    {
        var isSample = settings.Dist is null && settings.Realms is null;
        List<string> lines =
        [
            "",
            $"  site      {addresses.Realm,-26}{(isSample ? "the sample app" : "your app")} with prerendered pages: open it in a browser",
            $"  manager   {addresses.Manager,-26}renders on request, and the state of the fleet",
        ];
        if (settings.DataFolder is { } data)
        {
            lines.Add($"  data      {data}");
        }

        lines.Add("");
        // Only the sample's cards are known.
        lines.AddRange(isSample
            ?
            [
                $"  Try       curl -H 'Accept: text/html' {new Uri(addresses.Realm, "elements/hydrogen")}",
                $"            curl '{new Uri(addresses.Manager, "render")}?url={new Uri(addresses.Realm, "elements/hydrogen")}'",
            ]
            : [$"  Try       curl -A Googlebot {addresses.Realm}"]);
        if (adminKeyFile is not null)
        {
            lines.Add($"  Operator  curl -X POST -H \"Authorization: Bearer $(cat '{adminKeyFile}')\" {new Uri(addresses.Manager, "fleet/recycle")}");
        }

        lines.Add("");
        if (settings.DataFolder is null)
        {
            lines.Add("Stored pages are in memory only and are rendered again at the next start; --data DIR keeps them.");
        }

        lines.Add(FormattableString.Invariant($"Ready after {took.TotalSeconds:0.0} s. Ctrl-C stops everything."));
        return string.Join(Environment.NewLine, lines);
    }
}
