using Fleet.AppHost.Local;
using Fleet.ServiceDefaults.Options;

namespace Fleet.Tests.EndToEnd;

/// <summary>The one fleet that tests share, and how to start another for one test alone.</summary>
public sealed class FleetFixture : IAsyncDisposable
{
    /// <summary>The fleets' admin key.</summary>
    public const string AdminKey = "end-to-end-admin-key";

    private static readonly TimeSpan s_startLimit = TimeSpan.FromMinutes(3);

    private readonly Lazy<Task<FleetUnderTest>> _shared = new(() => StartAsync());

    /// <summary>The shared fleet, with two prerender servers. It starts with the first test that asks. Leave it as you found it.</summary>
    internal Task<FleetUnderTest> SharedAsync() => _shared.Value;

    /// <summary>Starts a fleet for one test alone, on free ports. What ends in it stays down until the test starts it again.</summary>
    /// <param name="prerenderServers">How many prerender servers.</param>
    /// <param name="settings">Further settings for every service: <c>Pool:Slots</c> and the like.</param>
    internal static async Task<FleetUnderTest> StartAsync(int prerenderServers = 2, IReadOnlyDictionary<string, string>? settings = null)
    {
        using var limit = new CancellationTokenSource(s_startLimit);
        var output = new RecordedOutput();
        var options = new LocalFleetOptions
        {
            Fleet = new FleetOptions
            {
                AdminKey = AdminKey,
                PrerenderServers = prerenderServers,
                Ports = new() { Realm = 0, Manager = 0, Prerender = 0, Redis = 0 },
            },
            RedisServer = Executables.Find("redis-server"),
            Settings = settings ?? new Dictionary<string, string>(),
            RestartEnded = false,
        };
        return new FleetUnderTest(await LocalFleet.StartAsync(options, output, TimeProvider.System, limit.Token), output);
    }

    public async ValueTask DisposeAsync()
    {
        if (_shared is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await (await _shared.Value).DisposeAsync();
        }
    }
}
