using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Fleet.Contracts;
using Fleet.PrerenderServer;
using Fleet.PrerenderServer.Browser.Processes;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.Registry;
using Fleet.Registry.Events;
using Fleet.ServiceDefaults;
using Fleet.Tests.Browser;
using Fleet.Tests.InMemory;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Fleet.Tests.Rendering;

/// <summary>The server's routes, and its registration.</summary>
[Collection(ServerCollection.Name)]
public sealed class ServerTests(ServerFixture server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{", 400, "malformed-json", "JSON")]
    [InlineData("{}", 400, "malformed-json", "url")]
    [InlineData("""{"url":"http://127.0.0.1:1/"}""", 400, "not-allowed", "Fleet:AllowedOrigins")]
    [InlineData("""{"url":"ftp://127.0.0.1/"}""", 400, "invalid-request", "http or https")]
    [InlineData("""{"url":"HOST","formats":["poem"]}""", 400, "malformed-json", "formats")]
    [InlineData("""{"url":"HOST","formats":[7]}""", 400, "malformed-json", "formats")]
    [InlineData("""{"url":"HOST","deadlineMs":1}""", 400, "invalid-request", "100 and 120000")]
    [InlineData("""{"url":"HOST","formatz":["html"]}""", 400, "invalid-request", "'formatz' is not a member of the body of POST /renders; did you mean 'formats'?")]
    [InlineData("""{"url":"HOST","affinity":"x"}""", 400, "invalid-request", "affinity")]
    public async Task Renders_BadInput_IsAProblemThatNamesIt(string body, int status, string reason, string says)
    {
        var (code, problem) = await PostAsync(body.Replace("HOST", server.Site.Url.AbsoluteUri, StringComparison.Ordinal));
        Assert.Equal(status, (int)code);
        Assert.Equal(reason, problem.GetProperty("reason").GetString());
        Assert.Contains(says, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Renders_HugeBody_Is413() =>
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await PostAsync($$"""{"url":"{{new string('x', 100_000)}}"}""")).Status);

    [Theory]
    [InlineData("soon", 400)]
    [InlineData("7", 504)]
    public async Task Renders_DeadlineHeader_IsChecked(string value, int status) =>
        Assert.Equal(status, (int)(await PostAsync($$"""{"url":"{{server.Site.Url}}"}""", (FleetHeaders.DeadlineMs, value))).Status);

    [Fact]
    public async Task Registration_ReadyServer_HasItsRecordAndItsWarmAffinities()
    {
        await server.RenderAsync(new() { Url = server.Site["elements/x"].AbsoluteUri, Affinity = "user:registered" }, Token);
        ServerRecord? record = null;
        await Eventually.Async(() => (record = server.Registry.Servers.ListAsync(Token).Result.SingleOrDefault()) is { State: ServerState.Ready }, "the server is announced as ready", () => $"{record}");
        Assert.NotNull(record!.BootAgeSeconds);
        Assert.Equal(("prerender-test", 3), (record!.Name, record.Slots));
        Assert.Equal(server.Client.BaseAddress, new Uri(record.Url));
        await Eventually.Async(
            () => server.Registry.WarmAffinities.GetAsync([record.Incarnation], Token).Result.Values.Any(w => w.Contains("user:registered")), "its warm affinity is announced");
    }

    [Fact]
    public async Task Registration_RegistryIsBack_IsRepeatedBeforeTheNextHeartbeat()
    {
        var record = default(ServerRecord);
        await Eventually.Async(() => (record = server.Registry.Servers.ListAsync(Token).Result.SingleOrDefault()) is { State: ServerState.Ready }, "the server is announced as ready", () => $"{record}");

        // A heartbeat may fall into one of these waits, but not into both.
        foreach (var _ in (int[])[1, 2])
        {
            var before = (await server.Registry.Servers.ListAsync(Token)).Single().Version;
            await server.Registry.Backplane.PublishAsync(new(FleetEventKind.Reconnected, "", 0), Token);
            await Eventually.Async(
                () => server.Registry.Servers.ListAsync(Token).Result.Single().Version > before, "the server is announced again", deadline: RegistryTtl.Repeat / 4);
        }
    }

    [Fact]
    public async Task Stop_FinishesWhatRuns_RefusesTheRest_AndUnregisters()
    {
        var registry = new InMemoryRegistry(TimeProvider.System, NullLoggerFactory.Instance);
        await using var site = await TestSite.StartAsync();
        var release = new TaskCompletionSource();
        site.Routes["/elements/read.json"] = async _ => await release.Task;
        await using var app = ServerFixture.Start(registry, site, "--Fleet:AdminKey=a-long-enough-key-for-a-prerender-server");
        await app.StartAsync(Token);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        await ServerFixture.HealthyAsync(client);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(client, $$"""{"url":"{{site.Url}}"}""")).Status);
        client.DefaultRequestHeaders.Authorization = new("Bearer", "a-long-enough-key-for-a-prerender-server");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("pool", Token)).StatusCode);

        var running = PostAsync(client, $$"""{"url":"{{site["elements/fetches"]}}"}""");
        await Eventually.Async(() => site.Hits("/elements/read.json") == 1, "the visit is under way");
        var stopping = app.StopAsync(Token);
        await Eventually.Async(() => registry.Servers.ListAsync(Token).Result is [{ State: ServerState.Draining }], "draining is announced");
        var (status, problem) = await PostAsync(client, $$"""{"url":"{{site["elements/x"]}}"}""");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "draining"), (status, problem.GetProperty("reason").GetString()));
        Assert.False(stopping.IsCompleted);

        release.SetResult();
        Assert.Equal("rendered", (await running).Body.GetProperty("outcome").GetString());
        await stopping;
        Assert.Empty(await registry.Servers.ListAsync(Token));
    }

    [Fact]
    public async Task Undrain_DrainedServer_IsAnnouncedAsReadyAndRendersAgain()
    {
        var registry = new InMemoryRegistry(TimeProvider.System, NullLoggerFactory.Instance);
        await using var site = await TestSite.StartAsync();
        await using var app = ServerFixture.Start(registry, site, "--Fleet:AdminKey=a-long-enough-key-for-a-prerender-server");
        await app.StartAsync(Token);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        client.DefaultRequestHeaders.Authorization = new("Bearer", "a-long-enough-key-for-a-prerender-server");
        await ServerFixture.HealthyAsync(client);

        using (var drained = await client.PostAsync("drain", null, Token))
        {
            Assert.Equal(HttpStatusCode.OK, drained.StatusCode);
        }

        await AnnouncedAsync(ServerState.Draining);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await PostAsync(client, $$"""{"url":"{{site["elements/x"]}}"}""")).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("health", Token)).StatusCode);

        using (var undrained = await client.PostAsync("undrain", null, Token))
        {
            Assert.Equal(HttpStatusCode.OK, undrained.StatusCode);
        }

        await AnnouncedAsync(ServerState.Ready);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(client, $$"""{"url":"{{site["elements/x"]}}"}""")).Status);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("health", Token)).StatusCode);
        await app.StopAsync(Token);

        Task AnnouncedAsync(ServerState state) =>
            Eventually.Async(() => registry.Servers.ListAsync(Token).Result is [{ } record] && record.State == state, $"{state} is announced");
    }

    [Fact]
    public async Task Start_NoNameConfigured_IsNamedByItsAddress()
    {
        var registry = new InMemoryRegistry(TimeProvider.System, NullLoggerFactory.Instance);
        await using var site = await TestSite.StartAsync();
        await using var app = PrerenderServerApp.Build(["--urls=http://127.0.0.1:0", "--environment=Development", $"--services:realm:http:0={site.Url}"], builder =>
        {
            builder.Services.AddFleetRegistry(registry);
            builder.Logging.ClearProviders();
        });
        await app.StartAsync(Token);
        await Eventually.Async(() => registry.Servers.ListAsync(Token).Result is [{ } record] && record.Name == new Uri(app.Urls.Single()).Authority, "it is announced by host and port");
        await app.StopAsync(Token);
    }

    [Fact]
    public async Task Build_NoAdminKeyOutsideDevelopment_SaysWhichSettingIsMissing()
    {
        await using var site = await TestSite.StartAsync();
        var registry = new InMemoryRegistry(TimeProvider.System, NullLoggerFactory.Instance);
        var error = Assert.Throws<StartException>(() => ServerFixture.Start(registry, site, "--environment=Production"));
        Assert.StartsWith("Fleet:AdminKey is not set.", error.Message, StringComparison.Ordinal);
        Assert.Equal(error.Message, FleetHost.Explain(error));
    }

    [Fact]
    public async Task AnyRoute_WithoutTheKey_IsRefused()
    {
        await using var site = await TestSite.StartAsync();
        await using var app = ServerFixture.Start(new InMemoryRegistry(TimeProvider.System, NullLoggerFactory.Instance), site, "--environment=Production", "--Fleet:AdminKey=a-key-that-is-long-enough-for-the-fleet");
        await app.StartAsync(Token);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        string[] open = ["/health", "/alive"];
        var routes = ((IEndpointRouteBuilder)app).DataSources.SelectMany(static source => source.Endpoints).OfType<RouteEndpoint>()
            .SelectMany(static route => (route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method => (Method: method, Path: "/" + route.RoutePattern.RawText!.TrimStart('/'))))
            .Where(route => !open.Contains(route.Path)).ToList();
        Assert.True(routes.Count > 10, $"Only {routes.Count} routes.");

        foreach (var (method, path) in routes)
        {
            using var request = new HttpRequestMessage(new(method), Regex.Replace(path, "{[^}]*}", "1"));
            if (method == "POST")
            {
                request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
            }

            using var refused = await client.SendAsync(request, Token);
            Assert.True(refused.StatusCode == HttpStatusCode.Unauthorized, $"{method} {path} answers {(int)refused.StatusCode}.");
        }

        await app.StopAsync(Token);
    }

    [Fact]
    public async Task Build_LongDrain_IsNotCutShortByTheHost()
    {
        await using var site = await TestSite.StartAsync();
        await using var app = ServerFixture.Start(new InMemoryRegistry(TimeProvider.System, NullLoggerFactory.Instance), site, "--Registration:DrainTimeout=00:05:00");
        var whole = app.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout;
        Assert.True(whole > TimeSpan.FromMinutes(5), $"{whole}");
        // The drain is the only bound of renders on a stop: the pool does not wait for them a second time.
        var pool = app.Services.GetRequiredService<IOptions<PoolOptions>>().Value.StopDeadline;
        Assert.True(TimeSpan.FromMinutes(5) + pool < whole, $"{pool} of {whole}");
    }

    [Theory]
    [InlineData("00:00:01", "00:00:01", "00:00:00.050")]
    [InlineData("00:05:00", "00:05:00", "00:00:10")]
    public async Task Build_BrowserTimeouts_ThePoolGivesUpAfterThemAndNotBefore(string launch, string boot, string probe)
    {
        await using var site = await TestSite.StartAsync();
        await using var app = ServerFixture.Start(
            new InMemoryRegistry(TimeProvider.System, NullLoggerFactory.Instance), site,
            $"--Browser:LaunchTimeout={launch}", $"--Browser:BootTimeout={boot}", $"--Browser:ProbeTimeout={probe}");
        var browser = app.Services.GetRequiredService<IOptions<BrowserOptions>>().Value;
        var pool = app.Services.GetRequiredService<IOptions<PoolOptions>>().Value;
        Assert.True(pool.LaunchDeadline > browser.LaunchTimeout, $"{pool.LaunchDeadline} for a launch of {browser.LaunchTimeout}");
        Assert.True(pool.BootDeadline > browser.BootTimeout, $"{pool.BootDeadline} for a boot of {browser.BootTimeout}");
        Assert.True(pool.ProbeDeadline > browser.ProbeTimeout, $"{pool.ProbeDeadline} for a probe of {browser.ProbeTimeout}");
    }

    [Fact]
    public async Task Build_WrongBrowserPath_IsOneSentenceThatNamesTheSetting()
    {
        await using var site = await TestSite.StartAsync();
        var registry = new InMemoryRegistry(TimeProvider.System, NullLoggerFactory.Instance);
        var error = Assert.Throws<StartException>(() => ServerFixture.Start(registry, site, "--Browser:ExecutablePath=/nowhere/chromium"));
        Assert.Contains("Browser:ExecutablePath is '/nowhere/chromium'", error.Message, StringComparison.Ordinal);
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string body, params (string Name, string Value)[] headers) => PostAsync(server.Client, body, headers);

    private static async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(HttpClient client, string body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "renders") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await client.SendAsync(request, Token);
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement);
    }
}
