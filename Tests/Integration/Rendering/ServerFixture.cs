using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.PrerenderServer.Rendering;
using Fleet.PrerenderServer.Rendering.Diagnostics;
using Fleet.Registry;
using Fleet.Registry.Commands;
using Fleet.Tests.Browser;
using Fleet.Tests.InMemory;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.Rendering;

/// <summary>A whole prerender server with a real browser, beside a small site that is its host, shared by the tests of the collection.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    private WebApplication _app = null!;

    internal TestSite Site { get; private set; } = null!;

    /// <summary>Another allowed origin: an app without the host contract.</summary>
    internal TestSite OtherApp { get; private set; } = null!;

    internal InMemoryRegistry Registry { get; } = new(TimeProvider.System, NullLoggerFactory.Instance);

    /// <summary>The file to which it writes commands.</summary>
    internal FragileCommandStore Commands { get; private set; } = null!;

    internal HttpClient Client { get; private set; } = null!;

    /// <summary>The server's log.</summary>
    internal LogRecorder Log { get; } = new();

    /// <summary>The server's renderer, on pages of another pool.</summary>
    internal Renderer RunnerOn(IPagePool pool) => ActivatorUtilities.CreateInstance<Renderer>(_app.Services, pool);

    internal IPagePool Pool => _app.Services.GetRequiredService<IPagePool>();

    public async ValueTask InitializeAsync()
    {
        Site = await TestSite.StartAsync();
        OtherApp = await TestSite.StartAsync();
        await Registry.HostShells.ClaimAsync(new("token-a", "test", DateTimeOffset.UnixEpoch), CancellationToken.None);
        Commands = new FragileCommandStore(Registry.Commands);
        _app = Start(Registry, Site, Log, Commands, "--Fleet:AllowedOrigins:0=" + OtherApp.Url.GetLeftPart(UriPartial.Authority), "--Rendering:SettleTimeout=00:00:04.5");
        await _app.StartAsync(CancellationToken.None);
        Client = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
        await HealthyAsync(Client);
    }

    internal static WebApplication Start(InMemoryRegistry registry, TestSite site, params string[] settings) => Start(registry, site, null, registry.Commands, settings);

    internal static WebApplication Start(InMemoryRegistry registry, TestSite site, LogRecorder? log, ICommandStore commands, params string[] settings) =>
        Start(registry, site, log, commands, static _ => { }, settings);

    internal static WebApplication Start(
        InMemoryRegistry registry, TestSite site, LogRecorder? log, ICommandStore commands, Action<IServiceCollection> configure, params string[] settings) => PrerenderServerApp.Build(
        ["--urls=http://127.0.0.1:0", $"--services:realm:http:0={site.Url}", "--Pool:Slots=3", "--Registration:Name=prerender-test", "--environment=Development", .. settings],
        builder =>
        {
            builder.Services.AddFleetRegistry(registry).AddSingleton(commands);
            configure(builder.Services);
            builder.Logging.ClearProviders();
            if (log is not null)
            {
                builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log);
            }
        });

    internal static async Task HealthyAsync(HttpClient client)
    {
        var seen = "";
        for (var i = 0; i < 300; i++)
        {
            using var response = await client.GetAsync("health");
            if (response.IsSuccessStatusCode)
            {
                return;
            }

            seen = await response.Content.ReadAsStringAsync();
            await Task.Delay(100);
        }

        Assert.Fail($"Expected a healthy server within 30 s. Seen: {seen}");
    }

    internal async Task<RenderResult> RenderAsync(RenderRequest request, CancellationToken cancellationToken)
    {
        using var response = await Client.PostAsJsonAsync("renders", request, FleetJson.Options, cancellationToken);
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"Expected a result. Seen: {(int)response.StatusCode} {body}");
        return JsonSerializer.Deserialize<RenderResult>(body, FleetJson.Options)!;
    }

    /// <summary>The stack of a page that computed for ever: in its answer, or, where the machine was too slow for that, in the failure's record.</summary>
    internal async Task<string> StackAsync(RenderResult late)
    {
        var stack = late.Diagnostics?.Stack;
        var log = _app.Services.GetRequiredService<FailureLog>();
        await Eventually.Async(() => (stack ??= log.All.First(f => f.Url == late.Url).Diagnostics?.Stack) is not null, $"there is a stack of {late.Url}",
            () => late.Diagnostics?.Message ?? "no message");
        return stack!;
    }

    /// <summary>Renders a page of an app that has no host contract.</summary>
    internal async Task<RenderResult> RenderPageAsync(string html, int status = 200, int? deadlineMs = null)
    {
        var path = $"/page-{Guid.NewGuid():N}";
        OtherApp.Page(path, html, status);
        return await RenderAsync(new() { Url = OtherApp[path].AbsoluteUri, DeadlineMs = deadlineMs }, TestContext.Current.CancellationToken);
    }

    /// <summary>Renders a page of an app that has no host contract, with options of the request.</summary>
    internal async Task<RenderResult> RenderPageAsync(string html, Func<RenderRequest, RenderRequest> with)
    {
        var path = $"/page-{Guid.NewGuid():N}";
        OtherApp.Page(path, html);
        return await RenderAsync(with(new() { Url = OtherApp[path].AbsoluteUri, Formats = [RenderFormat.Html] }), TestContext.Current.CancellationToken);
    }

    /// <summary>Waits until no page is in use. A page is cleaned up after its render was answered; until then the same affinity gets another page.</summary>
    internal Task RestAsync() =>
        Eventually.Async(() => Pool.Snapshot.Slots.All(static slot => slot.State is SlotState.Idle or SlotState.Standby), "the pool is at rest", () => string.Join(", ", Pool.Snapshot.Slots));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Site.DisposeAsync();
        await OtherApp.DisposeAsync();
    }
}

// Three servers, so that the tests of three collections run at the same time.

[CollectionDefinition(Name)]
public sealed class ServerCollection : ICollectionFixture<ServerFixture>
{
    public const string Name = "prerender server";
}

/// <summary>Tests that compare pages with their expected content.</summary>
[CollectionDefinition(Name)]
public sealed class FidelityCollection : ICollectionFixture<ServerFixture>
{
    public const string Name = "prerender server: fidelity";
}

/// <summary>Tests of pages that hang, fail or attack.</summary>
[CollectionDefinition(Name)]
public sealed class HostilePageCollection : ICollectionFixture<ServerFixture>
{
    public const string Name = "prerender server: hostile pages";
}
