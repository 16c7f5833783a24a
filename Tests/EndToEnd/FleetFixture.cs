namespace Fleet.Tests.EndToEnd;

/// <summary>The fleet with the sample's app and realms and two prerender servers, on its own Garnet. Tests must leave it unchanged.</summary>
public sealed class FleetFixture : IAsyncLifetime
{
    /// <summary>The fleets' admin key.</summary>
    public const string AdminKey = "end-to-end-admin-key-of-32-characters";

    private static readonly TimeSpan s_startLimit = TimeSpan.FromMinutes(6);

    internal FleetUnderTest Fleet { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Fleet = await StartAsync();

    public ValueTask DisposeAsync() => Fleet?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Starts a fleet on free ports. A service that ends stays down until the test starts it again.</summary>
    /// <param name="prerenderServers">Number of prerender servers.</param>
    /// <param name="settings">Further settings for every service: <c>Pool:Slots</c> and the like.</param>
    /// <param name="redis">Connection string of an existing Redis; null for its own Garnet.</param>
    /// <param name="collector">Where the services export telemetry; null for nowhere.</param>
    internal static async Task<FleetUnderTest> StartAsync(int prerenderServers = 2, IReadOnlyDictionary<string, string>? settings = null, string? redis = null, Uri? collector = null)
    {
        using var limit = new CancellationTokenSource(s_startLimit);
        var log = new FleetLog();
        var plan = new FleetPlan { AdminKey = AdminKey, PrerenderServers = prerenderServers, Settings = settings ?? new Dictionary<string, string>(), Redis = redis, Collector = collector };
        return new FleetUnderTest(await AspireFleet.StartAsync(plan, log, limit.Token), log);
    }
}
