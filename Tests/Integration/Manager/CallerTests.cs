using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Fleet.Contracts;
using Fleet.ServiceDefaults.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fleet.Tests.Manager;

/// <summary>Boundaries 2 and 5 at the manager: callers without a key, pages of other sites, and other services.</summary>
public sealed class CallerTests
{
    [Theory]
    [InlineData("render?url=http://127.0.0.1:9/elements/hydrogen")]
    [InlineData("screenshot?url=http://127.0.0.1:9/elements/hydrogen")]
    [InlineData("pdf?url=http://127.0.0.1:9/elements/hydrogen")]
    [InlineData("fleet")]
    [InlineData("fleet/events")]
    [InlineData("")]
    public async Task Get_AsAnotherHostOrFromAnotherSite_Is403(string path)
    {
        await using var manager = await ManagerUnderTest.StartAsync();
        var server = await manager.AddServerAsync("prerender-0");

        foreach (var (header, value, reason) in new[] { ("Host", "evil.example:80", "host-not-allowed"), ("Sec-Fetch-Site", "cross-site", "cross-site"), ("Origin", "https://evil.example", "cross-origin") })
        {
            using var refused = await SendAsync(manager, HttpMethod.Get, path, header, value);
            await ManagerUnderTest.AssertProblemAsync(refused, 403, reason);
        }

        Assert.Empty(server.Calls);
    }

    // The caller is checked first: a refused caller gets no information about a route, and its body is not read.
    [Fact]
    public async Task AnyRouteThatChanges_AnotherSitesPageWithAnUnreadableBody_IsRefusedByTheCallerCheck()
    {
        await using var manager = await ManagerUnderTest.StartAsync("--Manager:Dialects:Prerender=true", "--Manager:Dialects:Browserless=true", "--Manager:Dialects:Gotenberg=true");
        var routes = ((IEndpointRouteBuilder)manager.App).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .SelectMany(route => (route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []).Select(method => (Method: method, Path: route.RoutePattern.RawText!)))
            .Where(route => !HttpMethods.IsGet(route.Method) && !HttpMethods.IsHead(route.Method)).ToList();
        Assert.True(routes.Count > 20, $"Only {routes.Count} routes.");

        foreach (var (method, path) in routes)
        {
            using var request = new HttpRequestMessage(new(method), Regex.Replace(path, "{[^}]*}", "x")) { Content = new StringContent("{", Encoding.UTF8, path.Contains("/forms/", StringComparison.Ordinal) ? "text/plain" : "application/json") };
            request.Headers.Add("Origin", "https://evil.example");
            using var refused = await manager.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.True(refused.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, $"{method} {path} answers {refused.StatusCode}.");
        }
    }

    [Fact]
    public async Task Get_AsAHostOfTheSettingOrWithTheKey_IsAnswered()
    {
        await using var manager = await ManagerUnderTest.StartAsync("--Fleet:AllowedHosts:0=*.example.com");
        using var listed = await SendAsync(manager, HttpMethod.Get, "fleet", "Host", "render.example.com");
        Assert.Equal(HttpStatusCode.OK, listed.StatusCode);

        manager.UseAdminKey();
        using var withKey = await SendAsync(manager, HttpMethod.Get, "fleet", "Host", "other.example");
        Assert.Equal(HttpStatusCode.OK, withKey.StatusCode);
    }

    [Fact]
    public async Task Get_LinkOnAnotherSite_OpensThePageAndRendersNothing()
    {
        await using var manager = await ManagerUnderTest.StartAsync();
        using var page = await NavigateAsync("");
        using var render = await NavigateAsync("render?url=" + ManagerUnderTest.Card);

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, render.StatusCode);

        Task<HttpResponseMessage> NavigateAsync(string path)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "/" + path);
            request.Headers.Add("Sec-Fetch-Site", "cross-site");
            request.Headers.Add("Sec-Fetch-Mode", "navigate");
            return manager.Client.SendAsync(request, TestContext.Current.CancellationToken);
        }
    }

    // Digests of credentials and ids of users are private.
    [Fact]
    public async Task Fleet_WithoutTheKey_NamesNoPrincipal()
    {
        await using var manager = await ManagerUnderTest.StartAsync();
        var server = await manager.AddServerAsync("prerender-0");
        string[] affinities = ["realm:http://h/a/", "realm:http://h/b/#0123456789abcdef", "user:ada"];
        await manager.Registry.WarmAffinities.ReplaceAsync(
            server.Incarnation, affinities.ToHashSet(), TestContext.Current.CancellationToken);

        var without = await manager.GetFleetAsync();
        await Eventually.TrueAsync(async () => (without = await manager.GetFleetAsync()).Servers.Single().Warm.Count > 0, () => "warm affinities");
        Assert.Equal(["realm:http://h/a/", "realm:http://h/b/"], without.Servers.Single().Warm.Order(StringComparer.Ordinal));
        using var events = await manager.Client.GetAsync("fleet/events", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(await events.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        string? line;
        do
        {
            line = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        }
        while (line?.StartsWith("data:", StringComparison.Ordinal) == false);
        Assert.DoesNotContain("0123456789abcdef", line, StringComparison.Ordinal);
        Assert.DoesNotContain("user:ada", line, StringComparison.Ordinal);

        manager.UseAdminKey();
        Assert.Equal(affinities, (await manager.GetFleetAsync()).Servers.Single().Warm.Order(StringComparer.Ordinal));
    }

    // Addresses of servers and allowed origins are for operators; other callers get names and counts.
    [Fact]
    public async Task AnyAnswerOfTheFleet_WithoutTheKey_NamesNoAddressAndNoOrigin()
    {
        const string origin = "https://internal.example";
        await using var manager = await ManagerUnderTest.StartAsync("--Fleet:AllowedOrigins:0=" + origin);
        var (server, lost) = (await manager.AddServerAsync("prerender-0"), await manager.AddServerAsync("prerender-1"));
        await Eventually.TrueAsync(async () => (await manager.GetFleetAsync()).Servers.Count == 2, () => "two servers");
        await manager.Registry.Servers.RemoveAsync(lost.Incarnation, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(async () => (await manager.GetFleetAsync()).Alerts.Any(alert => alert.Reason == "server_lost"), () => "the alert of the lost server");

        string[] secrets = [server.Url.TrimEnd('/'), lost.Url.TrimEnd('/'), origin];
        foreach (var path in (string[])["fleet", "fleet/events", "fleet/patches", "", "health", "render?url=http://127.0.0.1:1/", "fleet/renders"])
        {
            var answer = await FirstOfAsync(path);
            Assert.All(secrets, secret => Assert.DoesNotContain(secret, answer, StringComparison.OrdinalIgnoreCase));
        }

        manager.UseAdminKey();
        foreach (var path in (string[])["fleet", "fleet/events", "fleet/patches"])
        {
            var answer = await FirstOfAsync(path);
            Assert.All(secrets, secret => Assert.Contains(secret, answer, StringComparison.OrdinalIgnoreCase));
        }

        // A whole answer, or the first event of a stream.
        async Task<string> FirstOfAsync(string path)
        {
            using var response = await manager.Client.GetAsync("/" + path, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
            if (response.Content.Headers.ContentType?.MediaType != "text/event-stream")
            {
                return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
            }

            string? line;
            do
            {
                line = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
            }
            while (line?.StartsWith("data:", StringComparison.Ordinal) == false);
            return line!;
        }
    }

    [Fact]
    public async Task Events_OneClient_CannotHoldEveryStream()
    {
        await using var manager = await ManagerUnderTest.StartAsync();
        var open = new List<HttpResponseMessage>();
        HttpResponseMessage last;
        do
        {
            open.Add(last = await manager.Client.GetAsync("fleet/events", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken));
        }
        while (last.IsSuccessStatusCode && open.Count < 100);

        await ManagerUnderTest.AssertProblemAsync(last, 429, "too-many-streams");
        Assert.NotNull(last.Headers.RetryAfter?.Delta);
        open.ForEach(response => response.Dispose());
    }

    // A service's token permits renders at the manager, but no operator route; a token for another receiver permits nothing.
    [Fact]
    public async Task Post_TokenOfAService_NamesAffinitiesButOperatesNothing()
    {
        await using var manager = await ManagerUnderTest.StartAsync();
        await manager.AddServerAsync("prerender-0");
        var request = new RenderRequest { Url = ManagerUnderTest.Card, Affinity = $"realm:{ManagerUnderTest.Realm}#0123456789abcdef" };

        manager.Client.DefaultRequestHeaders.Authorization = new("Bearer", TokenFor(ServiceToken.PrerenderServer("x")));
        using var foreign = await manager.PostAsync(request, TestContext.Current.CancellationToken);
        await ManagerUnderTest.AssertProblemAsync(foreign, 401, "wrong-admin-key");

        manager.Client.DefaultRequestHeaders.Authorization = new("Bearer", TokenFor(ServiceToken.Manager));
        await manager.RenderAsync(request);
        using var recycle = await manager.Client.PostAsync("fleet/recycle", null, TestContext.Current.CancellationToken);
        await ManagerUnderTest.AssertProblemAsync(recycle, 401, "wrong-admin-key");
        using var shell = await manager.Client.PostAsync("host-shell", null, TestContext.Current.CancellationToken);
        Assert.NotEqual(HttpStatusCode.OK, shell.StatusCode);

        static string TokenFor(string audience) => ServiceToken.Create(ManagerUnderTest.Keys.Services!, audience, DateTimeOffset.UtcNow);
    }

    // A forged server must not be able to call any service with the token that it receives.
    [Fact]
    public async Task Forward_AnyRequest_NeverCarriesTheAdminKey()
    {
        await using var manager = await ManagerUnderTest.StartAsync();
        var server = await manager.AddServerAsync("prerender-0");
        string? operated = null;
        server.Operate = http =>
        {
            operated = http.Request.Headers.Authorization;
            return Task.CompletedTask;
        };
        manager.UseAdminKey();

        await manager.RenderAsync(new RenderRequest { Url = ManagerUnderTest.Card });
        using var drained = await manager.Client.PostAsync("fleet/servers/prerender-0/drain", null, TestContext.Current.CancellationToken);

        Assert.StartsWith("Bearer fleet-service.", operated, StringComparison.Ordinal);
        Assert.DoesNotContain(ManagerUnderTest.AdminKey, JsonSerializer.Serialize(server.Calls), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("fleet")]
    [InlineData("nothing-here")]
    [InlineData("health")]
    public async Task Response_OfTheManager_HasSecurityHeaders(string path)
    {
        await using var manager = await ManagerUnderTest.StartAsync();

        using var response = await manager.Client.GetAsync("/" + path, TestContext.Current.CancellationToken);

        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("DENY", Assert.Single(response.Headers.GetValues("X-Frame-Options")));
        Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task Response_WithAPage_HasOnlyNosniff(string method)
    {
        await using var manager = await ManagerUnderTest.StartAsync();
        await manager.AddServerAsync("prerender-0");

        using var response = await SendAsync(manager, new(method), "render?url=" + ManagerUnderTest.Card, "Accept", "text/html");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.False(response.Headers.Contains("X-Frame-Options"));
        Assert.False(response.Headers.Contains("Referrer-Policy"));
    }

    private static Task<HttpResponseMessage> SendAsync(ManagerUnderTest manager, HttpMethod method, string path, string header, string value)
    {
        var request = new HttpRequestMessage(method, "/" + path);
        request.Headers.TryAddWithoutValidation(header, value);
        return manager.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }
}
