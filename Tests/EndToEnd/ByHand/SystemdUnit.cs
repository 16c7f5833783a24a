using System.Globalization;
using Fleet.Tests.Docs;

namespace Fleet.Tests.ByHand;

/// <summary>The environment that a unit of <c>deploy/systemd</c> gives its service: its own lines, and those of its file of settings.</summary>
internal static class SystemdUnit
{
    /// <summary>Reads a unit and its file of settings.</summary>
    /// <param name="unit">Name of the unit: <c>fleet-prerender@.service</c>.</param>
    /// <param name="instance">Number of the instance, which <c>%i</c> stands for.</param>
    /// <param name="folder">Stands for the folders of systemd: of credentials, <c>%d</c>, and of caches, <c>%C</c>.</param>
    public static Dictionary<string, string> EnvironmentOf(string unit, int instance, string folder)
    {
        var lines = File.ReadAllLines(Repository.File($"deploy/systemd/{unit}"));
        var own = lines.Where(line => line.StartsWith("Environment=", StringComparison.Ordinal)).SelectMany(line => line["Environment=".Length..].Split(' '))
            .Select(setting => setting.Replace("%i", instance.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                .Replace("%d", folder, StringComparison.Ordinal).Replace("%C", folder, StringComparison.Ordinal));
        var file = Path.GetFileName(lines.Single(line => line.StartsWith("EnvironmentFile=", StringComparison.Ordinal)));
        var settings = File.ReadLines(Repository.File($"deploy/systemd/{file}")).Where(line => line.Length > 0 && line[0] != '#');
        return own.Concat(settings).Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
    }
}
