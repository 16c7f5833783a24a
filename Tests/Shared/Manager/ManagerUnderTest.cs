using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Manager;
using Fleet.Registry;
using Fleet.ServiceDefaults.Options;
using Fleet.ServiceDefaults.Security;
using Fleet.Tests.InMemory;
using Fleet.Tests.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Fleet.Tests.Manager;

/// <summary>The real manager on a free port, with the in-memory registry and fake servers.</summary>
internal sealed class ManagerUnderTest : IAsyncDisposable
{
    public const string AdminKey = "correct-horse-battery-staple-for-tests";
    /// <summary>The keys that the manager derives from it.</summary>
    public static FleetKeys Keys { get; } = new(Options.Create(new FleetOptions { AdminKey = AdminKey }));

    public const string Host = "http://127.0.0.1:9";
    public const string Realm = Host + "/elements/";
    public const string Card = Realm + "hydrogen";

    private readonly List<FakeServer> _servers = [];

    private readonly Measurements _measured;

    private ManagerUnderTest(WebApplication app, InMemoryRegistry registry)
    {
        (App, Registry, Client) = (app, registry, new HttpClient { BaseAddress = new Uri(app.Urls.Single()) });
        _measured = new(app.Services.GetRequiredService<IMeterFactory>());
    }

    public WebApplication App { get; }

    public InMemoryRegistry Registry { get; }

    public HttpClient Client { get; }

    /// <summary>Starts it with a realm announced.</summary>
    public static async Task<ManagerUnderTest> StartAsync(params string[] settings)
    {
        var registry = new InMemoryRegistry(new TickingClock(), NullLoggerFactory.Instance);
        await AnnounceRealmAsync(registry);
        return await StartAsync(registry, settings);
    }

    /// <summary>Starts it on a registry that the test has prepared.</summary>
    public static Task<ManagerUnderTest> StartAsync(InMemoryRegistry registry, params string[] settings) => StartAsync(registry, TimeProvider.System, settings);

    /// <summary>Starts it with a clock of its own.</summary>
    public static Task<ManagerUnderTest> StartAsync(InMemoryRegistry registry, TimeProvider clock, params string[] settings) => StartAsync(registry, clock, logs: null, settings);

    /// <summary>Starts it with a clock of its own, and keeps what it logs.</summary>
    public static async Task<ManagerUnderTest> StartAsync(InMemoryRegistry registry, TimeProvider clock, ILoggerProvider? logs, params string[] settings)
    {
        var app = ManagerApp.Build(
            ["--urls=http://127.0.0.1:0", $"--Fleet:AdminKey={AdminKey}", $"--services:realm:http:0={Host}", "--Fleet:StopNotice=00:00:00", .. settings],
            builder =>
            {
                builder.Logging.SetMinimumLevel(logs is null ? LogLevel.Error : LogLevel.Information);
                if (logs is not null)
                {
                    builder.Logging.ClearProviders().AddProvider(logs);
                }

                builder.Services.AddSingleton(clock).AddFleetRegistry(registry);
            });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app, registry);
    }

    public static Task AnnounceRealmAsync(InMemoryRegistry registry) =>
        registry.Realms.AnnounceAsync("realm-0", [new RealmRecord(Realm, "Elements")], TestContext.Current.CancellationToken);

    /// <summary>Starts a server and waits until the manager knows it.</summary>
    public async Task<FakeServer> AddServerAsync(string name, ServerState state = ServerState.Ready, int slots = 2)
    {
        var server = await FakeServer.StartAsync(name, _servers.Count);
        _servers.Add(server);
        await server.RegisterAsync(Registry, state, slots);
        await Eventually.TrueAsync(
            async () => (await GetFleetAsync()).Servers.Any(seen => seen.Record.Incarnation == server.Incarnation && seen.Record.State == state),
            () => $"{name} in GET /fleet");
        return server;
    }

    /// <summary>Two servers; the first is the one that the manager chooses for the card while both are idle.</summary>
    public async Task<(FakeServer First, FakeServer Second)> AddTwoServersAsync()
    {
        var servers = new[] { await AddServerAsync("prerender-0"), await AddServerAsync("prerender-1") };
        using var probe = await PostAsync(new RenderRequest { Url = Card });
        Assert.Equal(HttpStatusCode.OK, probe.StatusCode);
        var first = servers.Single(server => server.Calls.TryDequeue(out _));
        return (first, servers.Single(server => server != first));
    }

    /// <summary>Calls from now on have the admin key, as those of a realm server: they may name any affinity.</summary>
    public void UseAdminKey() => Client.DefaultRequestHeaders.Authorization = new("Bearer", AdminKey);

    public Task<HttpResponseMessage> PostAsync(RenderRequest request, CancellationToken cancellationToken = default) =>
        Client.PostAsJsonAsync("/renders", request, FleetJson.Options, cancellationToken);

    public Task<HttpResponseMessage> PostAsync(string json) =>
        Client.PostAsync("/renders", new StringContent(json, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);

    public async Task<RenderResult> RenderAsync(RenderRequest request)
    {
        using var response = await PostAsync(request, TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"Expected 200, was {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        return (await response.Content.ReadFromJsonAsync<RenderResult>(FleetJson.Options))!;
    }

    /// <summary>Waits until this many callers have joined a render of another. <c>GET /fleet</c> also counts callers that have not joined yet.</summary>
    public Task JoinedAsync(int callers) => Eventually.TrueAsync(
        () => _measured.Of("fleet.manager.coalesced").Sum() == callers, () => $"{callers} callers to join the render of another");

    public async Task<FleetStatus> GetFleetAsync() =>
        (await Client.GetFromJsonAsync<FleetStatus>("/fleet", FleetJson.Options, TestContext.Current.CancellationToken))!;

    /// <summary>Asserts problem details with this status and reason, without a stack trace; gives them.</summary>
    public static async Task<JsonElement> AssertProblemAsync(HttpResponseMessage response, int status, string reason)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"Expected {status}, was {(int)response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        var problem = JsonSerializer.Deserialize<JsonElement>(text);
        Assert.Equal(reason, problem.GetProperty("reason").GetString());
        return problem;
    }

    public static string Detail(JsonElement problem) => problem.GetProperty("detail").GetString()!;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _measured.Dispose();
        await App.StopAsync(TestContext.Current.CancellationToken);
        await App.DisposeAsync();
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }
}
