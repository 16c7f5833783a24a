using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.ServiceDefaults.Security;
using Fleet.Tests.Manager;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fleet.Tests.RealmServer;

/// <summary>Publications of a real manager about the pages of a real realm server.</summary>
public sealed class PublicationTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<JsonElement> _hooks = new();
    private readonly RealmServerUnderTest _server = new();
    private FakeManager _renderer = null!;
    private ManagerUnderTest _manager = null!;
    private WebApplication _receiver = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _receiver = await StartReceiverAsync(app => app.MapPost("/", (JsonElement body) => _hooks.Enqueue(body)));
        _renderer = await FakeManager.StartAsync(_server.Registry);
        await _server.OnDemandOnly(_renderer).StartAsync();
        _manager = await StartManagerAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _manager.DisposeAsync();
        await _server.DisposeAsync();
        await _renderer.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task Create_UrlsAndThenADeploy_RendersWhatIsStaleAndSaysWhenAllIsFresh()
    {
        var first = await PublishAsync(new { urls = new[] { "/about", "/elements/hydrogen", "/robots.txt", "http://elsewhere.example/" } });
        Assert.Equal((PublicationState.Incomplete, 4, 2, 2), (first.State, first.Total, first.Fresh, first.Failed));
        Assert.All(first.NotFresh!, page => Assert.Equal((JobUrlOutcome.Skipped, "refused"), (page.Outcome, page.Reason)));
        Assert.All(_renderer.Requests, render => Assert.Equal(0, render.Priority));

        // Fresh pages are not rendered again.
        var again = await PublishAsync(new { urls = new[] { "/about" }, prefixes = new[] { "/elements/" } });
        Assert.Equal((PublicationState.Fresh, 2, 2, first.Generation), (again.State, again.Total, again.Fresh, again.Generation));
        Assert.Equal(2, _renderer.Requests.Count);

        // The caller knows the generation before its deploy, and waits for the next one.
        using (var early = await PostAsync(new { since = first.Generation }))
        {
            Assert.Contains($"the current generation of the host shell is {first.Generation}: no later one is known yet", ManagerUnderTest.Detail(await ManagerUnderTest.AssertProblemAsync(early, 409, "not-deployed")), StringComparison.Ordinal);
        }

        var waiting = PublishAsync(new { since = first.Generation, webhook = _receiver.Urls.Single() + "/" });
        _server.Dist.Write("index.html", RealmServerUnderTest.Shell + "<!-- deployed -->");
        var deployed = await waiting;
        Assert.Equal((PublicationState.Fresh, 2, 2), (deployed.State, deployed.Total, deployed.Fresh));
        Assert.True(deployed.Generation > first.Generation);
        Assert.Equal(deployed.Generation, (await _server.StoredAsync("hydrogen"))!.Generation);

        await Eventually.TrueAsync(() => !_hooks.IsEmpty, () => "the webhook to arrive");
        var hook = _hooks.Single();
        Assert.Equal(("publication.fresh", deployed.Id, deployed.Generation),
            (hook.GetProperty("type").GetString(), hook.GetProperty("data").GetProperty("id").GetString(), hook.GetProperty("data").GetProperty("generation").GetInt64()));
    }

    [Fact]
    public async Task Create_RenderedAfter_HasAnUpToDatePageRenderedAgain()
    {
        await PublishAsync(new { urls = new[] { "/about" } });
        var changedAt = DateTimeOffset.UtcNow;
        var changed = await PublishAsync(new { urls = new[] { "/about" }, renderedAfter = changedAt });
        Assert.Equal((PublicationState.Fresh, 2), (changed.State, _renderer.Requests.Count));
    }

    [Fact]
    public async Task Create_RenderThatBeganBeforeRenderedAfter_IsRepeated()
    {
        // The render in progress may have read the content before its change.
        var gate = _renderer.HoldAnswers();
        var first = PublishAsync(new { urls = new[] { "/about" } });
        await Eventually.TrueAsync(() => !_renderer.Requests.IsEmpty, () => "the render to begin");
        var changed = PublishAsync(new { urls = new[] { "/about" }, renderedAfter = DateTimeOffset.UtcNow });
        gate.SetResult();
        Assert.Equal((PublicationState.Fresh, PublicationState.Fresh, 2), ((await first).State, (await changed).State, _renderer.Requests.Count));
    }

    [Fact]
    public async Task Create_TwoRealmServersAnswerAlternately_ThePageIsRenderedOnce()
    {
        // Only one replica knows the render, and every second request of the manager reaches it.
        var (asked, servers) = (0, new List<RealmServerUnderTest>());
        using var http = new HttpClient();
        await using var balancer = await StartReceiverAsync(app => app.MapFallback(async (HttpContext caller) =>
        {
            var server = servers[Interlocked.Increment(ref asked) % servers.Count];
            using var request = new HttpRequestMessage(new(caller.Request.Method), new Uri(new Uri(server.Url), caller.Request.Path + caller.Request.QueryString));
            request.Headers.TryAddWithoutValidation("Authorization", caller.Request.Headers.Authorization.ToString());
            request.Content = caller.Request.ContentType is { } type ? new StreamContent(caller.Request.Body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } } : null;
            using var answer = await http.SendAsync(request, caller.RequestAborted);
            (caller.Response.StatusCode, caller.Response.ContentType) = ((int)answer.StatusCode, answer.Content.Headers.ContentType?.ToString());
            await answer.Content.CopyToAsync(caller.Response.Body, caller.RequestAborted);
        }));
        await using var one = new RealmServerUnderTest(_server.Registry, folders: _server);
        await using var other = new RealmServerUnderTest(_server.Registry, folders: _server);
        foreach (var server in new[] { one, other })
        {
            server.Settings.Add($"Realms:PublicUrl={balancer.Urls.Single()}");
            servers.Add(await server.OnDemandOnly(_renderer).StartAsync());
        }

        await _manager.DisposeAsync();
        _manager = await StartManagerAsync(balancer.Urls.Single());
        var gate = _renderer.HoldAnswers();
        var publication = PublishAsync(new { urls = new[] { "/about" } });
        await Eventually.TrueAsync(() => !_renderer.Requests.IsEmpty, () => "the render to begin");
        var before = asked;
        await Eventually.TrueAsync(() => asked >= before + 5 || publication.IsCompleted, () => "more checks of the page");
        gate.SetResult();
        Assert.Equal((PublicationState.Fresh, 1), ((await publication).State, _renderer.Requests.Count));
    }

    [Fact]
    public async Task Create_NoStoredPageMatches_IsIncomplete()
    {
        var empty = await PublishAsync(new { since = 0 });
        Assert.Equal((PublicationState.Incomplete, 0, "nothing-matches", "No page is stored."), (empty.State, empty.Total, empty.Reason, empty.Detail));
        var misspelt = await PublishAsync(new { urls = new[] { "/about" }, prefixes = new[] { "/newz/" } });
        Assert.Equal((PublicationState.Incomplete, 1, 1, "nothing-matches"), (misspelt.State, misspelt.Total, misspelt.Fresh, misspelt.Reason));
        Assert.Equal("No stored page has a URL that begins with '/newz/'.", misspelt.Detail);
    }

    [Fact]
    public async Task Create_RealmServerAwayToTheEnd_WaitsForTheWholeTime()
    {
        await _server.StopAsync();
        var publication = await PublishAsync(new { since = 0, timeoutSeconds = 8 });
        Assert.Equal((PublicationState.Incomplete, "realm-server-unreachable"), (publication.State, publication.Reason));
        Assert.InRange(publication.EndedAt!.Value - publication.CreatedAt, TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(12));
    }

    [Fact]
    public async Task Create_ManagerStopsWhileItWaitsForADeploy_IsAnsweredWith503()
    {
        var current = await PublishAsync(new { urls = new[] { "/about" } });
        var waits = _manager.App.Services.GetRequiredService<StreamLimiter>();
        await Eventually.TrueAsync(() => waits.Open == 0, () => "the first request to end");
        var waiting = PostAsync(new { since = current.Generation }, wait: 60);
        await Eventually.TrueAsync(() => waits.Open == 1, () => "the request to wait");
        await _manager.App.StopAsync(Token);
        using var answer = await waiting;
        await ManagerUnderTest.AssertProblemAsync(answer, 503, "draining");
    }

    [Fact]
    public async Task Read_PageFailsIsLateOrSuperseded_SaysSo()
    {
        _renderer.Answer = (request, shell) => Results.Ok(request.Url.EndsWith("/broken", StringComparison.Ordinal)
            ? FakeManager.Ended(RenderOutcome.Failed, request, new(shell.Token, shell.Generation, Current: true) { CurrentAtStart = true }, "It crashed.")
            : FakeManager.Rendered(request, shell));
        var broken = await PublishAsync(new { urls = new[] { "/broken" } });
        Assert.Equal((PublicationState.Incomplete, "failed", "It crashed."), (broken.State, broken.NotFresh!.Single().Reason, broken.NotFresh![0].Detail));

        var gate = _renderer.HoldAnswers();
        var late = await PublishAsync(new { urls = new[] { "/slow" }, timeoutSeconds = 1 });
        Assert.Equal(("not-stored", "Not fresh within 1 s: no page is stored; its render is queued or in progress."), (late.NotFresh!.Single().Reason, late.NotFresh![0].Detail));

        // Another manager continues where this one stopped.
        using var created = await PostAsync(new { urls = new[] { "/other" } });
        Assert.Equal(202, (int)created.StatusCode);
        var id = (await ReadAsync(created)).Id;
        await Eventually.TrueAsync(() => _renderer.Requests.Any(render => render.Url.EndsWith("/other", StringComparison.Ordinal)), () => "the render to begin");
        await _manager.DisposeAsync();
        _manager = await StartManagerAsync();
        _server.Dist.Write("index.html", RealmServerUnderTest.Shell + "<!-- deployed -->");
        using var answer = await _manager.Client.GetAsync($"/publications/{id}?wait=60", Token);
        var superseded = await ReadAsync(answer);
        Assert.Equal((PublicationState.Incomplete, "superseded"), (superseded.State, superseded.NotFresh?.Single().Reason));
        Assert.EndsWith($"became current before the page was fresh on {superseded.Generation}.", superseded.NotFresh![0].Detail, StringComparison.Ordinal);
        gate.SetResult();
    }

    [Fact]
    public async Task Create_SameIdempotencyKey_IsTheSamePublicationAndCancelEndsIt()
    {
        var gate = _renderer.HoldAnswers();
        using var first = await PostAsync(new { urls = new[] { "/about" } }, key: "release-1");
        using var second = await PostAsync(new { urls = new[] { "/about" } }, key: "release-1");
        var id = (await ReadAsync(first)).Id;
        Assert.Equal((id, $"/publications/{id}"), ((await ReadAsync(second)).Id, first.Headers.Location?.OriginalString));
        using var other = await PostAsync(new { urls = new[] { "/other" } }, key: "release-1");
        await ManagerUnderTest.AssertProblemAsync(other, 422, "key-reused");
        using var job = new HttpRequestMessage(HttpMethod.Post, "/jobs") { Content = JsonContent.Create(new { urls = new[] { _server.Url + "/about" } }), Headers = { { FleetHeaders.IdempotencyKey, "release-2" } } };
        using var started = await _manager.Client.SendAsync(job, Token);
        Assert.Equal(202, (int)started.StatusCode);
        using var another = await PostAsync(new { urls = new[] { _server.Url + "/about" } }, key: "release-2");
        await ManagerUnderTest.AssertProblemAsync(another, 422, "key-reused");

        using var cancelled = await _manager.Client.DeleteAsync($"/publications/{id}", Token);
        Assert.Equal(PublicationState.Cancelled, (await ReadAsync(cancelled)).State);
        gate.SetResult();
    }

    [Fact]
    public async Task Routes_InvalidRequestUnknownIdOrNoKey_AreRefused()
    {
        foreach (var (body, detail) in new[]
        {
            ("""{}""", "At least one of urls, prefixes, since must be given; the body has none. 'wait' is 61: it must be between 0 and 60."),
            ("""{"urlz":["/a"]}""", "'urlz' is not a member of the body of POST /publications; did you mean 'urls'?"),
            ("""{"prefixes":["news/"]}""", "'prefixes[0]' is 'news/': it must begin with '/', 'http://' or 'https://'."),
            ("""{"urls":["/a"],"timeoutSeconds":86401}""", "'timeoutSeconds' is 86401: it must be between 1 and 86400."),
            ("""{"urls":["/a"],"webhook":"https://other.example/"}""", "'webhook' is 'https://other.example/', whose origin is not allowed."),
        })
        {
            using var invalid = await _manager.Client.PostAsync("/publications?wait=61", new StringContent(body, Encoding.UTF8, "application/json"), Token);
            Assert.Contains(detail, ManagerUnderTest.Detail(await ManagerUnderTest.AssertProblemAsync(invalid, 400, "invalid-request")), StringComparison.Ordinal);
        }

        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Delete })
        {
            using var unknown = await _manager.Client.SendAsync(new(method, "/publications/1"), Token);
            await ManagerUnderTest.AssertProblemAsync(unknown, 404, "no-such-publication");
        }

        _manager.Client.DefaultRequestHeaders.Authorization = null;
        using var anonymous = await _manager.Client.GetAsync("/publications/1", Token);
        Assert.Equal(401, (int)anonymous.StatusCode);
    }

    private static async Task<WebApplication> StartReceiverAsync(Action<WebApplication> map)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        map(app);
        await app.StartAsync(Token);
        return app;
    }

    private async Task<ManagerUnderTest> StartManagerAsync(string? site = null)
    {
        var manager = await ManagerUnderTest.StartAsync(
            _server.Registry, $"--services:realm:http:0={site ?? _server.Url}", $"--Fleet:AdminKey={RealmServerUnderTest.AdminKey}",
            $"--Jobs:Webhooks:0={_receiver.Urls.Single()}", "--Jobs:WebhookSecret=whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
        manager.Client.DefaultRequestHeaders.Authorization = new("Bearer", RealmServerUnderTest.AdminKey);
        return manager;
    }

    private async Task<Publication> PublishAsync(object body)
    {
        using var response = await PostAsync(body, wait: 60);
        return await ReadAsync(response);
    }

    private async Task<HttpResponseMessage> PostAsync(object body, int? wait = null, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/publications" + (wait is null ? "" : $"?wait={wait}")) { Content = JsonContent.Create(body) };
        if (key is not null)
        {
            request.Headers.Add(FleetHeaders.IdempotencyKey, key);
        }

        return await _manager.Client.SendAsync(request, Token);
    }

    private static async Task<Publication> ReadAsync(HttpResponseMessage response)
    {
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Token));
        return (await response.Content.ReadFromJsonAsync<Publication>(FleetJson.Options, Token))!;
    }
}
