using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Fleet.BrowserSetup;
using Fleet.Contracts;
using Fleet.Tests.EndToEnd;
using Fleet.Tests.HostShells;
using Fleet.Tests.Processes;

namespace Fleet.Tests.ByHand;

/// <summary>
/// A fleet as docs/deploying.md has it set up by hand: two managers, three prerender servers, two realm servers and a redis-server, each a process with the environment of its systemd unit, and nginx
/// with <c>deploy/nginx/fleet.conf</c> before them. Its public address, <c>https://www.example.com</c>, is known to no DNS.
/// </summary>
public sealed class ByHandFleet : IAsyncLifetime
{
    private const string AdminKey = "by-hand-admin-key-of-32-characters";

    internal const string Visitor = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
    internal const string Crawler = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan s_pageLimit = TimeSpan.FromMinutes(1);
    private static int s_route;

    // Each page shows its origin, whether it is a secure context, and whether a Secure cookie is kept.
    private const string Script =
        """
        const version = '@version';
        document.cookie = 'visit=1; Secure; SameSite=Lax';
        const facts = `data-version="${version}" data-origin="${location.origin}" data-secure="${isSecureContext && document.cookie.includes('visit=1')}"`;
        async function render({ url, formats }) {
          try {
            const response = await fetch(url, { headers: { accept: 'application/json' }, cache: 'no-store' });
            if (!response.ok && response.status !== 404) return { status: 503, formats: {}, deps: [], error: { kind: 'network', message: `${url} answered ${response.status}` } };
            const title = response.ok ? (await response.json()).title : `Route ${new URL(url).pathname}`;
            const all = { isolated: `<p ${facts}>${title}</p>`, head: `<title>${title}</title><link rel="canonical" href="${url}">` };
            return { status: 200, formats: Object.fromEntries(formats.filter((f) => all[f]).map((f) => [f, all[f]])), deps: [url] };
          } catch (error) {
            return { status: 503, formats: {}, deps: [url], error: { kind: 'network', message: error.message } };
          }
        }
        globalThis.fleet = { version: '1', capabilities: ['render'], ready: Promise.resolve(), render };
        const app = document.getElementById('app');
        if (app.firstElementChild) app.dataset.takenOver = version; else app.textContent = `Version ${version}`;
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("fleet-by-hand-").FullName;
    private readonly HostAppFolder _app = new(Script);
    private readonly RealmFolder _realms = new(4);
    private readonly Dictionary<string, Part> _parts = [];
    private RedisServer? _redis;
    private int _version;

    /// <summary>The public address of the site.</summary>
    internal static Uri Site { get; } = new($"https://{NginxServer.Host}/");

    /// <summary>Folder that has the program of each service in a folder of its project's name; null for the programs beside this assembly.</summary>
    internal string? Programs { get; set; }

    internal FleetLog Log { get; } = new();

    internal NginxServer Nginx { get; private set; } = null!;

    /// <summary>Reaches the public names through nginx, trusts its certificate alone, and follows no redirect.</summary>
    internal HttpClient Client { get; private set; } = null!;

    /// <summary>Reaches the managers through nginx, with the admin key.</summary>
    internal HttpClient Managers { get; private set; } = null!;

    /// <summary>The version of the app that was deployed last.</summary>
    internal string Version => $"v{_version}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A service by its name: <c>realm-0</c>, <c>manager-1</c>, <c>prerender-2</c>.</summary>
    internal ServiceProcess this[string service] => _parts[service].Process;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(_folder, "admin-key"), AdminKey);
        _app.Deploy(Version);
        var (realms, managers, servers) = (Addresses(2), Addresses(2), Addresses(3));
        Nginx = await NginxServer.StartAsync(realms, managers);
        Client = new(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync("127.0.0.1", context.DnsEndPoint.Port == 80 ? Nginx.HttpPort : Nginx.HttpsPort, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = { CertificateChainPolicy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { Nginx.Certificate }, RevocationMode = X509RevocationMode.NoCheck } },
        }) { BaseAddress = Site, Timeout = s_limit };
        Managers = new() { BaseAddress = Nginx.Managers, Timeout = s_limit };
        Managers.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);

        List<KeyValuePair<string, string>> managersOfRealms = [.. managers.Select((address, i) => KeyValuePair.Create($"services__manager__http__{i}", ServiceProcess.Text(address)))];
        await Task.WhenAll(
        [
            .. realms.Select((address, i) => StartAsync("RealmServer", "fleet-realm.service", "realm", i, address,
                [.. managersOfRealms, new("Host__Dist", _app.Path), new("Realms__Root", _realms.Path), new("Index__RescanInterval", "00:00:01"), new("Pages__FirstRendersPerMinute", "10000")])),
            .. managers.Select((address, i) => StartAsync("Manager", "fleet-manager.service", "manager", i, address, [])),
            .. servers.Select((address, i) => StartAsync("PrerenderServer", "fleet-prerender@.service", "prerender", i, address,
                [new("Pool__Slots", "2"), new("Browser__ExecutablePath", BrowserLocator.Locate(null)!)])),
        ]);
        await WholeAsync();
    }

    /// <summary>Deploys a new version of the app, and waits until every page of the fleet has it.</summary>
    internal async Task DeployAsync()
    {
        _version++;
        var token = _app.Deploy(Version);
        FleetStatus? status = null;
        await Eventually.TrueAsync(
            async () => (status = await StatusAsync()).Shell?.Token == token && status.Convergence?.Phase == ShellPhase.Converged,
            s_limit, () => $"the fleet to have {Version}, {token}; it is {Json(status)}\n{Log}");
    }

    /// <summary>Waits until every card is stored as the current version renders it, at both realm servers.</summary>
    internal async Task EveryCardIsServedAsync()
    {
        foreach (var realm in _realms.Names)
        {
            var page = "";
            await Eventually.TrueAsync(
                async () => (page = await GetAsync($"{realm}/", Visitor)).Contains($"data-version=\"{Version}\"", StringComparison.Ordinal)
                    && (page = await GetAsync($"{realm}/", Visitor)).Contains($"data-version=\"{Version}\"", StringComparison.Ordinal),
                s_pageLimit, () => $"{realm}/ as {Version} renders it; it is {page}\n{Log}");
        }
    }

    /// <summary>Gets a page. Repeats it only when the fleet asks for that, by a 503 with <c>Retry-After</c>, which crawlers get and visitors do not.</summary>
    internal async Task<string> GetAsync(string path, string userAgent)
    {
        var page = "";
        await Eventually.TrueAsync(
            async () =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", "text/html" }, { "User-Agent", userAgent } } };
                using var response = await Client.SendAsync(request, Cancellation);
                page = await response.Content.ReadAsStringAsync(Cancellation);
                var comesLater = userAgent == Crawler && response is { StatusCode: HttpStatusCode.ServiceUnavailable, Headers.RetryAfter: not null };
                Assert.True(response.IsSuccessStatusCode || comesLater, $"GET /{path} as {userAgent}: {(int)response.StatusCode} {page}\n{Nginx.Errors}\n{Log}");
                return response.IsSuccessStatusCode;
            },
            s_pageLimit, () => $"/{path} for {userAgent}; the answer is {page}\n{Log}");
        return page;
    }

    /// <summary>Stops a service (SIGTERM) and starts the program of <see cref="Programs"/> in its place.</summary>
    internal async Task ReplaceAsync(string service)
    {
        var part = _parts[service];
        Assert.Equal(0, await part.Process.StopAsync(s_limit));
        await part.Process.DisposeAsync();
        part.Process = await StartAsync(service, part);
    }

    /// <summary>Waits until all servers are there and ready, and have the current version.</summary>
    internal async Task WholeAsync()
    {
        FleetStatus? status = null;
        await Eventually.TrueAsync(
            async () => (status = await StatusAsync()).Servers.Count(server => server.Record.State == ServerState.Ready && !server.Unhealthy) == 3
                && status.Convergence?.Phase == ShellPhase.Converged && status.Realms.Count == _realms.Names.Count,
            s_limit, () => $"a complete fleet; it is {Json(status)}\n{Log}");
    }

    /// <summary>The fleet, as one of the managers sees it.</summary>
    internal async Task<FleetStatus> StatusAsync() => (await Managers.GetFromJsonAsync<FleetStatus>("fleet", FleetJson.Options, Cancellation))!;

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_parts.Values.Select(part => part.Process?.DisposeAsync().AsTask() ?? Task.CompletedTask));
        await (Nginx?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_redis?.DisposeAsync() ?? ValueTask.CompletedTask);
        Client?.Dispose();
        Managers?.Dispose();
        _app.Dispose();
        _realms.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A path that was not requested before, so that it has to be rendered.</summary>
    internal static string NewRoute() => $"route-{Interlocked.Increment(ref s_route)}";

    private static List<Uri> Addresses(int count) => [.. Enumerable.Range(0, count).Select(_ => FreePort.TakeAddress())];

    private static string Json(FleetStatus? status) => JsonSerializer.Serialize(status, FleetJson.Options);

    private async Task StartAsync(string project, string unit, string name, int instance, Uri address, IEnumerable<KeyValuePair<string, string>> settings)
    {
        // The environment of the unit, with the addresses of this machine.
        var environment = SystemdUnit.EnvironmentOf(unit, instance, _folder);
        foreach (var (key, value) in settings)
        {
            environment[key] = value;
        }

        environment["ASPNETCORE_URLS"] = ServiceProcess.Text(address);
        environment["OTEL_SERVICE_NAME"] = $"{name}-{instance}";
        environment["ConnectionStrings__redis"] = _redis!.ConnectionString;
        if (environment.ContainsKey("services__realm__http__0"))
        {
            environment["services__realm__http__0"] = ServiceProcess.Text(Nginx.Internal);
        }

        Assert.Equal(ServiceProcess.Text(Site), environment["Realms__PublicUrl"]);
        Assert.Equal("127.0.0.1", environment.GetValueOrDefault("Fleet__TrustedProxies__0", "127.0.0.1"));
        var part = new Part(project, address, environment);
        lock (_parts)
        {
            _parts.Add($"{name}-{instance}", part);
        }

        part.Process = await StartAsync($"{name}-{instance}", part);
    }

    private Task<ServiceProcess> StartAsync(string service, Part part)
    {
        var folder = Programs is null ? AppContext.BaseDirectory : Path.Combine(Programs, part.Project);
        return ServiceProcess.StartAsync(service, Path.Combine(folder, $"Fleet.{part.Project}.dll"), part.Address, part.Environment, Log);
    }

    /// <summary>One service: its program, its environment and its process.</summary>
    private sealed class Part(string project, Uri address, Dictionary<string, string> environment)
    {
        public string Project => project;

        public Uri Address => address;

        public Dictionary<string, string> Environment => environment;

        public ServiceProcess Process { get; set; } = null!;
    }
}

/// <summary>Tests of a fleet behind nginx share it.</summary>
[CollectionDefinition(Name)]
public sealed class ByHandCollection : ICollectionFixture<ByHandFleet>
{
    public const string Name = "Fleet by hand";
}
