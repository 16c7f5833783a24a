using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Registry;
using Fleet.Registry.HostShells;
using Fleet.Registry.Pages;
using Fleet.Tests.EndToEnd;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using RedisServer = Fleet.Tests.Processes.RedisServer;

namespace Fleet.Tests.HostShells;

/// <summary>A fleet of real processes on a real Redis, with a host app that tests deploy and a load balancer with faults that tests turn on.</summary>
internal sealed class ShellFleet : IAsyncDisposable
{
    private const string AdminKey = "host-shell-admin-key-of-32-characters";
    private static readonly TimeSpan s_startLimit = TimeSpan.FromMinutes(6);

    private int _version;

    private ShellFleet(
        RedisServer redis, FaultProxy proxy, HostAppFolder app, RealmFolder realms, Dictionary<string, string> settings, AspireFleet processes, ServiceProvider registry, FleetLog log)
    {
        (Redis, Proxy, App, Realms, Settings, Processes, Registry, Log) = (redis, proxy, app, realms, settings, processes, registry, log);
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
    }

    public RedisServer Redis { get; }

    public FaultProxy Proxy { get; }

    public HostAppFolder App { get; }

    public RealmFolder Realms { get; }

    public AspireFleet Processes { get; }

    public FleetLog Log { get; }

    /// <summary>A client that sends the admin key.</summary>
    public HttpClient Client { get; } = new() { Timeout = TimeSpan.FromSeconds(60) };

    public IReadOnlyList<Uri> Servers => Processes.Topology.Prerender;

    public IHostShellStore Shells => Registry.GetRequiredService<IHostShellStore>();

    private Dictionary<string, string> Settings { get; }

    private ServiceProvider Registry { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<ShellFleet> StartAsync(int servers, IReadOnlyDictionary<string, string>? settings = null)
    {
        using var limit = new CancellationTokenSource(s_startLimit);
        var (redis, proxy) = (await RedisServer.StartAsync(), await FaultProxy.StartAsync());
        var (app, realms, log) = (new HostAppFolder(), new RealmFolder(4), new FleetLog());
        app.Deploy("v0");
        var all = new Dictionary<string, string>
        {
            ["Host:Dist"] = app.Path, ["Host:WatchInterval"] = "00:00:00.050", ["Realms:Root"] = realms.Path, ["Realms:PublicUrl"] = proxy.Address.AbsoluteUri,
            ["Index:RetryInterval"] = "00:00:01", ["Index:RescanInterval"] = "00:00:01",
            ["Pool:Slots"] = "2", ["Pool:HighPrioritySlots"] = "0", ["Pool:MaxDepth"] = "0", ["Pool:LastResortAfter"] = "3", ["Pool:BackOffMax"] = "00:00:02",
        };
        foreach (var (key, value) in settings ?? new Dictionary<string, string>())
        {
            all[key] = value;
        }

        // The proxy forwards as soon as the realm server is there.
        proxy.Upstreams = [FreePort.TakeAddress()];
        var plan = new FleetPlan
        {
            AdminKey = AdminKey,
            PrerenderServers = servers,
            Redis = redis.ConnectionString,
            RealmPort = proxy.Upstreams[0].Port,
            RealmAddress = proxy.Address,
            Settings = all,
        };
        var processes = await AspireFleet.StartAsync(plan, log, limit.Token);
        var registry = new ServiceCollection().AddLogging().AddFleetRegistry()
            .AddSingleton<IConnectionMultiplexer>(await ConnectionMultiplexer.ConnectAsync($"{redis.ConnectionString},abortConnect=false,allowAdmin=true")).BuildServiceProvider();
        return new(redis, proxy, app, realms, all, processes, registry, log);
    }

    /// <summary>A version that was never deployed before.</summary>
    public string NextVersion() => $"v{++_version}";

    /// <summary>URL of a card at the address that the whole fleet uses.</summary>
    public string Card(string realm, string card) => new Uri(Proxy.Address, $"{realm}/{card}").AbsoluteUri;

    public string Card(string card = "") => Card(Realms.Names[0], card);

    /// <summary>The version whose shell has this token; null for none that was deployed.</summary>
    public string? VersionOf(string token) => App.Versions.GetValueOrDefault(token);

    /// <summary>Prepares the fleet for a test: no faults, one realm server, and a new version on every page.</summary>
    public async Task<(string Version, string Token)> FreshAsync()
    {
        Proxy.ClearFaults();
        var version = NextVersion();
        var token = App.Deploy(version);
        await ConvergedAsync(token, TimeSpan.FromSeconds(40));
        return (version, token);
    }

    public async Task<FleetStatus> StatusAsync() =>
        (await Client.GetFromJsonAsync<FleetStatus>(new Uri(Processes.Topology.Manager, "fleet"), FleetJson.Options, Cancellation))!;

    /// <summary>Waits until the shell is current and every server knows it. Until a server has read of a new shell, it reports results of the previous one as
    /// current.</summary>
    public Task WaitUntilKnownAsync(string token, TimeSpan limit) => Eventually.TrueAsync(
        async () => await StatusAsync() is { Shell: { } shell } status && shell.Token == token && status.Servers.All(server => server.Record.ShellSlots?.Generation >= shell.Generation),
        limit, () => $"{token} to be current and known to every server");

    /// <summary>Waits until the manager reports that every page of every server has the shell.</summary>
    public async Task<FleetStatus> ConvergedAsync(string token, TimeSpan limit)
    {
        FleetStatus? status = null;
        await Eventually.TrueAsync(
            async () =>
            {
                status = await StatusAsync();
                return status.Shell?.Token == token && status.Convergence?.Phase == ShellPhase.Converged && status.Servers.Count == Servers.Count;
            },
            limit,
            () => $"converged on {token}; GET /fleet says {JsonSerializer.Serialize(status, FleetJson.Options)}\n{Log}");
        return status!;
    }

    /// <summary>Waits until no slot of any server has another shell, asking the servers themselves.</summary>
    public async Task EveryServerIsFreshAsync(string token, TimeSpan limit)
    {
        var seen = "";
        await Eventually.TrueAsync(
            async () =>
            {
                foreach (var server in Servers)
                {
                    var pool = await PoolAsync(server);
                    seen = $"{server}: {pool.GetProperty("totals")}";
                    var slots = pool.GetProperty("slots").EnumerateArray().ToList();
                    if (slots.Count == 0 || slots.Exists(slot => !slot.TryGetProperty("shellToken", out var loaded) || loaded.GetString() != token))
                    {
                        return false;
                    }
                }

                return true;
            },
            limit,
            () => $"only {token} in every slot; {seen}\n{Log}");
    }

    /// <summary>Reports a token, as a deploy hook does.</summary>
    public async Task<HostShell> ReportAsync(string token)
    {
        using var response = await PostTokenAsync(token);
        return (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<HostShell>(FleetJson.Options, Cancellation))!;
    }

    /// <summary>Sends a token as it is.</summary>
    public Task<HttpResponseMessage> PostTokenAsync(string token) =>
        Client.PostAsJsonAsync(new Uri(Processes.Topology.Manager, "host-shell"), new { token }, Cancellation);

    /// <summary>Has one server render a card, past the manager.</summary>
    public Task<RenderResult?> RenderOnAsync(Uri server, string? url = null, ShellAcceptance accept = ShellAcceptance.FreshOrWait, int deadlineMs = 20_000) =>
        TryRenderAsync(new Uri(server, "renders"), url ?? Card(), accept, deadlineMs);

    /// <summary>Has the fleet render a card. Null when no render took place.</summary>
    public Task<RenderResult?> RenderAsync(string? url = null, ShellAcceptance accept = ShellAcceptance.FreshOrWait, int deadlineMs = 20_000) =>
        TryRenderAsync(new Uri(Processes.Topology.Manager, "renders"), url ?? Card(), accept, deadlineMs);

    /// <summary>Waits until every server renders the version and reports it as current. That may take until its next poll, since a page that was opened
    /// for another reason may have the new shell before its server knows of it.</summary>
    public async Task EveryServerRendersAsync(string version, string token)
    {
        foreach (var server in Servers)
        {
            RenderResult? result = null;
            await Eventually.TrueAsync(
                async () => (result = await RenderOnAsync(server)) is { Shell: { Current: true, CurrentAtStart: true } }, TimeSpan.FromSeconds(15),
                () => $"{server} to vouch for {token}; it answered {JsonSerializer.Serialize(result, FleetJson.Options)}\n{Log}");
            Assert.True(result is { Outcome: RenderOutcome.Rendered, Shell: { Current: true, CurrentAtStart: true } } && result.Shell.Token == token && Shows(result, version),
                $"{server} should render {version} ({token}), and answered {JsonSerializer.Serialize(result, FleetJson.Options)}\n{Log}");
        }
    }

    public static bool Shows(RenderResult result, string version) =>
        result.Formats.TryGetValue(RenderFormat.Isolated, out var html) && Shows(html, version);

    public static bool Shows(string html, string version) => html.Contains($"data-version=\"{version}\"", StringComparison.Ordinal);

    /// <summary>The stored page of a card.</summary>
    public Task<StoredPage?> StoredAsync(string realm, string card) => Registry.GetRequiredService<IPageStore>()
        .GetAsync(new Uri(Proxy.Address, $"{realm}/").AbsoluteUri, Card(realm, card), Cancellation);

    /// <summary>Waits until the page of every realm is stored as a version rendered it, whatever its token.</summary>
    public async Task EveryPageShowsAsync(string version, TimeSpan limit)
    {
        foreach (var realm in Realms.Names)
        {
            StoredPage? page = null;
            await Eventually.TrueAsync(
                async () => (page = await StoredAsync(realm, "")) is not null && Shows(page.Formats[RenderFormat.Isolated], version),
                limit,
                () => $"{realm} stored as {version} renders it; there is {JsonSerializer.Serialize(page, FleetJson.Options)}\n{Log}");
        }
    }

    /// <summary>Waits until the page of every realm is stored as a version rendered it.</summary>
    public async Task EveryPageStoredAsync(string version, string token, TimeSpan limit)
    {
        foreach (var realm in Realms.Names)
        {
            StoredPage? page = null;
            await Eventually.TrueAsync(
                async () => (page = await StoredAsync(realm, "")) is not null && page.ShellToken == token && Shows(page.Formats[RenderFormat.Isolated], version),
                limit,
                () => $"{realm} stored as {version} renders it; there is {JsonSerializer.Serialize(page, FleetJson.Options)}\n{Log}");
        }
    }

    /// <summary>The health that a server reports.</summary>
    public async Task<(HttpStatusCode Status, string Word)> HealthAsync(Uri server)
    {
        using var response = await Client.GetAsync(new Uri(server, "health"), Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        return (response.StatusCode, text.StartsWith('{') ? JsonDocument.Parse(text).RootElement.GetProperty("status").GetString()! : text);
    }

    /// <summary>Starts another realm server beside the first, with an app of its own.</summary>
    public Task<ServiceProcess> AddRealmServerAsync(string name, HostAppFolder app) => ServiceProcess.StartAsync(
        name, "Fleet.RealmServer", Processes.Topology, Settings.Concat([KeyValuePair.Create("Host:Dist", app.Path)]), Log);

    /// <summary>The slots of a server.</summary>
    public async Task<JsonElement> PoolAsync(Uri server) => await Client.GetFromJsonAsync<JsonElement>(new Uri(server, "pool"), Cancellation);

    /// <summary>A command to Redis.</summary>
    public async Task RedisAsync(string command, params object[] arguments) =>
        await Registry.GetRequiredService<IConnectionMultiplexer>().GetDatabase().ExecuteAsync(command, arguments);

    /// <summary>Breaks pub/sub from now on: subscribers are disconnected and cannot subscribe again.</summary>
    public async Task BreakPubSubAsync()
    {
        await RedisAsync("ACL", "SETUSER", "default", "-subscribe", "-psubscribe");
        await RedisAsync("CLIENT", "KILL", "TYPE", "pubsub");
    }

    public Task RestorePubSubAsync() => RedisAsync("ACL", "SETUSER", "default", "+subscribe", "+psubscribe");

    public async ValueTask DisposeAsync()
    {
        await Processes.DisposeAsync();
        await Registry.DisposeAsync();
        await Proxy.DisposeAsync();
        await Redis.DisposeAsync();
        Client.Dispose();
        App.Dispose();
        Realms.Dispose();
    }

    private async Task<RenderResult?> TryRenderAsync(Uri route, string url, ShellAcceptance accept, int deadlineMs)
    {
        using var response = await Client.PostAsJsonAsync(route, new RenderRequest
        {
            Url = url, Affinity = AffinityKey.Realm(url[..(url.LastIndexOf('/') + 1)]).ToString(), Accept = accept, DeadlineMs = deadlineMs,
        }, FleetJson.Options, Cancellation);
        return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<RenderResult>(FleetJson.Options, Cancellation) : null;
    }
}
