using System.Diagnostics;
using System.Globalization;
using Fleet.Tests;
using Fleet.Tests.Processes;

namespace Fleet.Bench.Peers;

/// <summary>The services of a fleet as processes of their own, as they are deployed: a store, realm server, manager and prerender servers.</summary>
internal static class PeerServices
{
    /// <summary>Starts them.</summary>
    /// <param name="system">Says which store and how many servers.</param>
    /// <param name="dist">Folder of the app that the realm server serves.</param>
    /// <param name="managerPort">Port of the manager.</param>
    /// <param name="realmPort">Port of the realm server.</param>
    /// <param name="sites">Other addresses that may be rendered.</param>
    /// <param name="lanes">Renders at a time, divided among the servers.</param>
    /// <returns>The processes, and redis-server if it is the store.</returns>
    public static async Task<(IReadOnlyList<Process> Processes, RedisServer? Redis)> StartAsync(PeerSystem system, string dist, int managerPort, int realmPort, IReadOnlyList<Uri> sites, int lanes)
    {
        var redis = system.Store == PeerStore.RedisServer ? await RedisServer.StartAsync() : null;
        var garnetPort = FreePort.TakeAddress().Port;
        var (manager, realm) = (Address(managerPort), Address(realmPort));
        Dictionary<string, string> common = new()
        {
            ["ConnectionStrings__redis"] = redis?.ConnectionString ?? $"127.0.0.1:{Text(garnetPort)}",
            ["Fleet__AdminKey"] = Guid.NewGuid().ToString("N"),
            ["services__realm__http__0"] = realm,
            ["services__manager__http__0"] = manager,
        };
        foreach (var (site, index) in sites.Select(static (site, index) => (site, index)))
        {
            common[$"Fleet__AllowedOrigins__{Text(index)}"] = site.GetLeftPart(UriPartial.Authority);
        }

        var processes = new List<Process>();
        if (redis is null)
        {
            processes.Add(Start("Garnet", new() { ["Garnet__Port"] = Text(garnetPort) }));
        }

        processes.Add(Start("RealmServer", new(common) { ["ASPNETCORE_URLS"] = realm, ["OTEL_SERVICE_NAME"] = "realm", ["Host__Dist"] = dist }));
        processes.Add(Start("Manager", new(common) { ["ASPNETCORE_URLS"] = manager, ["OTEL_SERVICE_NAME"] = "manager" }));
        for (var i = 0; i < system.Servers; i++)
        {
            var address = FreePort.TakeAddress().GetLeftPart(UriPartial.Authority);
            processes.Add(Start("PrerenderServer", new(common)
            {
                ["ASPNETCORE_URLS"] = address,
                ["OTEL_SERVICE_NAME"] = $"prerender-{Text(i)}",
                ["Registration__Url"] = address,
                // A server keeps one slot for renders that a render causes.
                ["Pool__Slots"] = Text((lanes / system.Servers) + 1),
            }));
        }

        return (processes, redis);
    }

    private static Process Start(string service, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, $"Fleet.{service}.dll")]);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return PeerProcess.Start(start);
    }

    private static string Address(int port) => $"http://127.0.0.1:{Text(port)}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
