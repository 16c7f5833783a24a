using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Tests.InMemory;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.Manager;

/// <summary>Jobs on a real manager, with a server that the test makes up and a site that has sitemaps, a realm server's API and a receiver of webhooks.</summary>
public sealed class JobTests : IAsyncLifetime
{
    private const string Secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> _site = new();
    private readonly ConcurrentQueue<(HttpContext Http, IHeaderDictionary Headers, string Body)> _hooks = new();
    private WebApplication _app = null!;
    private ManagerUnderTest _manager = null!;
    private FakeServer _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Site => _app.Urls.Single() + "/";

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _app.Run(http => _site.TryGetValue(http.Request.Path, out var answer) ? answer(http) : Results.NotFound().ExecuteAsync(http));
        await _app.StartAsync(Token);
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _manager.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Create_Batch_RunsEachUrlOnceAndListsWhatBecameOfIt()
    {
        _server.Answer = (http, request) => http.Response.WriteAsJsonAsync(
            request.Url.EndsWith("/missing", StringComparison.Ordinal) ? _server.Result(request, RenderOutcome.Failed, 404) : _server.Result(request), FleetJson.Options);
        var urls = Enumerable.Range(0, 30).Select(n => $"{ManagerUnderTest.Host}/{n}").Append($"{ManagerUnderTest.Host}/missing").Append("http://elsewhere.example/").Append($"{ManagerUnderTest.Host}/7").ToList();

        using var created = await PostAsync(new { urls, render = new { formats = new[] { "markdown" }, deadlineMs = 5000 } });
        Assert.Equal(HttpStatusCode.Accepted, created.StatusCode);
        var id = (await created.Content.ReadFromJsonAsync<JobStatus>(FleetJson.Options, Token))!.Id;
        Assert.Equal($"/jobs/{id}", created.Headers.Location?.OriginalString);
        var job = await EndAsync(id);

        Assert.Equal((JobState.Completed, JobKind.Batch, 32, 32, 30, 1, 1), (job.State, job.Kind, job.Total, job.Done, job.Succeeded, job.Failed, job.Skipped));
        var results = await ResultsAsync(id, limit: 7);
        Assert.Equal(urls.Distinct().Order(), results.Select(result => result.Url).Order());
        var missing = results.Single(result => result.Url.EndsWith("/missing", StringComparison.Ordinal));
        Assert.Equal((JobUrlOutcome.Failed, 404, "failed", "The page has the status 404."), (missing.Outcome, missing.Status, missing.Reason, missing.Detail));
        Assert.Equal((JobUrlOutcome.Skipped, "not-allowed"), (results.Single(result => result.Outcome == JobUrlOutcome.Skipped).Outcome, results.Single(result => result.Outcome == JobUrlOutcome.Skipped).Reason));
        Assert.Equal(31, _server.Calls.Count);
        Assert.All(_server.Calls, call => Assert.Equal((0, RenderFormat.Markdown, true), (call.Request.Priority, call.Request.Formats!.Single(), call.Request.DeadlineMs is > 0 and <= 5000)));
    }

    [Theory]
    [InlineData("""{}""", "Exactly one of urls, sitemap, crawl, recache must be given; the body has none.")]
    [InlineData("""{"urls":["http://127.0.0.1:9/"],"sitemap":"http://127.0.0.1:9/s.xml"}""", "Exactly one of urls, sitemap, crawl, recache must be given; the body has urls and sitemap.")]
    [InlineData("""{"urlz":["http://127.0.0.1:9/"]}""", "'urlz' is not a member of the body of POST /jobs; did you mean 'urls'?")]
    [InlineData("""{"urls":[]}""", "'urls' has 0 URLs: it must have 1 to 10000.")]
    [InlineData("""{"urls":["http://127.0.0.1:9/","/a"]}""", "'urls[1]' '/a' is not an absolute http or https URL.")]
    [InlineData("""{"urls":["http://127.0.0.1:9/",null]}""", "'urls[1]' is missing: give an absolute http or https URL.")]
    [InlineData("""{"urls":["http://127.0.0.1:9/"],"maxUrls":5}""", "'maxUrls' does not apply to 'urls': each of them is part of the job.")]
    [InlineData("""{"urls":["http://127.0.0.1:9/"],"concurrency":33}""", "'concurrency' is 33: it must be between 1 and 32.")]
    [InlineData("""{"urls":["http://127.0.0.1:9/"],"render":{"formatz":["html"]}}""", "'formatz' is not a member of 'render'; did you mean 'formats'?")]
    [InlineData("""{"urls":["http://127.0.0.1:9/"],"render":{"formats":["htm"]}}""", "'render.formats[0]' is not what it should be: 'htm' is none of ")]
    [InlineData("""{"urls":["http://127.0.0.1:9/"],"render":{"deadlineMs":1}}""", "'deadlineMs' is 1: it must be between 100 and 120000.")]
    [InlineData("""{"urls":["http://127.0.0.1:9/"],"render":{"credentials":{"authorization":"Bearer x"}}}""", "'render.credentials' is not an option: a job is kept in Redis, which never holds credentials.")]
    [InlineData("""{"urls":["http://127.0.0.1:9/"],"render":{"cookies":[{"name":"sid","value":"x"}]}}""", "'render.cookies' is not an option: a job is kept in Redis, which never holds credentials.")]
    [InlineData("""{"urls":["http://127.0.0.1:9/"],"render":{"priority":10}}""", "'render.priority' is not an option: jobs have the priority 0, behind visitors.")]
    [InlineData("""{"urls":["http://127.0.0.1:9/"],"webhook":"https://other.example/"}""", "'webhook' is 'https://other.example/', whose origin is not allowed.")]
    [InlineData("""{"sitemap":"/sitemap.xml"}""", "'sitemap' '/sitemap.xml' is not an absolute http or https URL.")]
    [InlineData("""{"sitemap":"http://elsewhere.example/sitemap.xml"}""", "http://elsewhere.example may not be rendered.")]
    [InlineData("""{"crawl":{"start":"http://127.0.0.1:9/","depth":21}}""", "'crawl.depth' is 21: it must be between 0 and 20.")]
    [InlineData("""{"crawl":{"start":"http://127.0.0.1:9/","include":[""]}}""", "'crawl.include[0]' has 0 characters: it must have 1 to 2048.")]
    [InlineData("""{"crawl":{"start":"http://127.0.0.1:9/"},"render":{"formats":["html"]}}""", "'render.formats' is not an option of a crawl: it reads the links of the HTML document.")]
    [InlineData("""{"recache":{}}""", "Exactly one of urls, prefix, pattern, sitemap must be given; 'recache' has none.")]
    [InlineData("""{"recache":{"prefix":"/"},"render":{}}""", "'render' does not apply to 'recache'")]
    public async Task Create_InvalidRequest_IsRefusedAndNamesTheField(string body, string detail)
    {
        using var response = await _manager.Client.PostAsync("/jobs", new StringContent(body, Encoding.UTF8, "application/json"), Token);
        var reason = detail.Contains("may not be rendered", StringComparison.Ordinal) ? "not-allowed" : "invalid-request";
        Assert.Contains(detail, ManagerUnderTest.Detail(await ManagerUnderTest.AssertProblemAsync(response, 400, reason)), StringComparison.Ordinal);
        Assert.Empty((await ListAsync()).Jobs);
    }

    [Fact]
    public async Task Create_BodyTooLarge_Is413()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/jobs") { Content = new StringContent(new string(' ', JobLimits.MaxBodyBytes + 1), Encoding.UTF8, "application/json") };
        request.Headers.ExpectContinue = true;
        using var response = await _manager.Client.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Theory]
    [InlineData("POST", "/jobs")]
    [InlineData("GET", "/jobs")]
    [InlineData("GET", "/jobs/1")]
    [InlineData("GET", "/jobs/1/results")]
    [InlineData("GET", "/jobs/1/events")]
    [InlineData("DELETE", "/jobs/1")]
    public async Task Routes_WithoutKeyOrUnknown_AreRefused(string method, string path)
    {
        using var known = await SendAsync(method, path);
        if (path != "/jobs")
        {
            await ManagerUnderTest.AssertProblemAsync(known, 404, "no-such-job");
        }

        _manager.Client.DefaultRequestHeaders.Authorization = null;
        using var response = await SendAsync(method, path);
        Assert.Equal(401, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("/jobs?limit=0", "'limit' is 0: it must be between 1 and 1000.")]
    [InlineData("/jobs/1/results?cursor=x", "'cursor' is 'x': it must be the 'next' of an earlier answer.")]
    [InlineData("/jobs/1/results?curser=1", "'curser' is not a parameter of /jobs/{id}/results; did you mean 'cursor'?")]
    public async Task Read_InvalidParameter_IsRefused(string path, string detail) =>
        Assert.Equal(detail, ManagerUnderTest.Detail(await ManagerUnderTest.AssertProblemAsync(await SendAsync("GET", path), 400, "invalid-request")));

    [Fact]
    public async Task Create_SameIdempotencyKey_IsTheSameJob()
    {
        var first = await CreateAsync(new { urls = new[] { ManagerUnderTest.Card } }, "k-1");
        Assert.Equal(first, await CreateAsync(new { urls = new[] { ManagerUnderTest.Card } }, "k-1"));
        Assert.NotEqual(first, await CreateAsync(new { urls = new[] { ManagerUnderTest.Card } }, "k-2"));
        await ManagerUnderTest.AssertProblemAsync(await PostAsync(new { urls = new[] { ManagerUnderTest.Realm } }, "k-1"), 422, "key-reused");
        Assert.Contains(
            "Idempotency-Key must be 1 to 128", ManagerUnderTest.Detail(await ManagerUnderTest.AssertProblemAsync(await PostAsync(new { urls = new[] { ManagerUnderTest.Realm } }, new string('k', 129)), 400, "invalid-request")),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_OneJobTooMany_Is429AndCancelMakesRoom()
    {
        await RestartAsync("--Jobs:MaxQueued=2");
        var release = Hold();
        var ids = new[] { await CreateAsync(new { urls = Urls(20) }), await CreateAsync(new { urls = Urls(20) }) };
        using var refused = await PostAsync(new { urls = Urls(1) });
        Assert.Contains("2 jobs have not ended yet, the maximum (Jobs:MaxQueued).", ManagerUnderTest.Detail(await ManagerUnderTest.AssertProblemAsync(refused, 429, "too-many-jobs")), StringComparison.Ordinal);
        Assert.NotNull(refused.Headers.RetryAfter);

        using var cancelled = await SendAsync("DELETE", $"/jobs/{ids[0]}");
        Assert.Equal(JobState.Cancelled, (await cancelled.Content.ReadFromJsonAsync<JobStatus>(FleetJson.Options, Token))!.State);
        using var again = await SendAsync("DELETE", $"/jobs/{ids[0]}");
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        var third = await CreateAsync(new { urls = Urls(1) });
        Assert.Equal([third, ids[1], ids[0]], (await ListAsync()).Jobs.Select(job => job.Id));
        var page = await _manager.Client.GetFromJsonAsync<JobList>("/jobs?limit=2", FleetJson.Options, Token);
        Assert.Equal([ids[0]], (await _manager.Client.GetFromJsonAsync<JobList>($"/jobs?limit=2&cursor={page!.Next}", FleetJson.Options, Token))!.Jobs.Select(job => job.Id));
        release();
        Assert.Equal(JobState.Completed, (await EndAsync(third)).State);
        Assert.Equal((JobState.Cancelled, 0), ((await JobAsync(ids[0])).State, (await JobAsync(ids[0])).Succeeded));
    }

    [Fact]
    public async Task Render_OfAVisitorDuringAJob_IsNotBehindTheJob()
    {
        await RestartAsync("--Manager:RendersPerSlot=1", "--Jobs:Concurrency=16", "--Jobs:MaxConcurrency=16");
        var (order, gate) = (new ConcurrentQueue<string>(), new SemaphoreSlim(0));
        _server.Answer = async (http, request) =>
        {
            order.Enqueue(request.Url);
            await gate.WaitAsync(http.RequestAborted);
            await http.Response.WriteAsJsonAsync(_server.Result(request), FleetJson.Options);
        };
        var id = await CreateAsync(new { urls = Urls(16) });
        await Eventually.TrueAsync(async () => (await _manager.GetFleetAsync()).Queued == 14, () => "two renders of the job run, the others wait");
        var visitor = _manager.RenderAsync(new() { Url = ManagerUnderTest.Realm + "visitor", Priority = 10 });
        await Eventually.TrueAsync(async () => (await _manager.GetFleetAsync()).Queued == 15, () => "the visitor waits as well");

        gate.Release(3);
        await Eventually.TrueAsync(() => order.Count >= 4, () => "renders go on");
        gate.Release(100);
        await visitor;
        Assert.Equal(JobState.Completed, (await EndAsync(id)).State);
        Assert.InRange(order.ToList().IndexOf(ManagerUnderTest.Realm + "visitor"), 0, 5);
    }

    [Fact]
    public async Task Events_RunningJob_TellsEachChangeAndEndsWithTheJob()
    {
        var release = Hold();
        var id = await CreateAsync(new { urls = Urls(3) });
        using var response = await _manager.Client.GetAsync($"/jobs/{id}/events", HttpCompletionOption.ResponseHeadersRead, Token);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Token));
        var seen = new List<JobStatus>();
        while (await reader.ReadLineAsync(Token) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                seen.Add(JsonSerializer.Deserialize<JobStatus>(line["data: ".Length..], FleetJson.Options)!);
                release();
            }
        }

        Assert.Equal((JobState.Completed, 3), (seen[^1].State, seen[^1].Done));
        Assert.True(seen.Count >= 2 && seen[0].Done == 0, $"{seen.Count} events");
    }

    [Fact]
    public async Task Create_FleetCannotRender_WaitsAndListsTheReasonInTheEnd()
    {
        await RestartAsync("--Jobs:UrlTimeout=00:00:08");
        var calls = 0;
        var result = _server.Answer;
        _server.Answer = (http, request) => Interlocked.Increment(ref calls) < 3 ? FakeServer.Unavailable("queue-full")(http, request) : result(http, request);
        Assert.Equal((JobState.Completed, 1), (await EndAsync(await CreateAsync(new { urls = Urls(1) })) is var job ? (job.State, job.Succeeded) : default));

        _server.Answer = FakeServer.Unavailable("queue-full");
        var id = await CreateAsync(new { urls = Urls(1) });
        Assert.Equal((JobState.Completed, 1), (await EndAsync(id) is var failed ? (failed.State, failed.Failed) : default));
        Assert.Equal("queue-full", Assert.Single(await ResultsAsync(id)).Reason);
    }

    [Fact]
    public async Task Create_Crawl_FollowsLinksOfItsOriginWithinDepthAndPatternsOnce()
    {
        var pages = new Dictionary<string, string>
        {
            ["/"] = "<a href=a>A</a><a href='/b#part'>B</a><a href='http://elsewhere.example/'>x</a><a rel='nofollow' href='/no'>n</a><a href='mailto:a@b'>m</a><a href='javascript:1'>j</a>",
            ["/a"] = "<base href='/deep/'><a href='one'>1</a><a href='/private/x'>p</a><a href='/'>home</a><template shadowrootmode=open><a href='/shadow'>s</a></template>",
            ["/b"] = "<meta name=robots content='noindex, nofollow'><a href='/hidden'>h</a>",
            ["/deep/one"] = "<a href='/deep/two'>2</a>",
            ["/deep/two"] = "<a href='/deep/three'>3</a>",
            ["/shadow"] = "",
        };
        _server.Answer = (http, request) =>
        {
            var path = new Uri(request.Url).AbsolutePath;
            http.Response.Headers[FleetHeaders.Outcome] = "rendered";
            http.Response.Headers[FleetHeaders.PageStatus] = pages.ContainsKey(path) ? "200" : "404";
            return Results.Text($"<!doctype html><body>{pages.GetValueOrDefault(path)}", "text/html").ExecuteAsync(http);
        };
        var start = ManagerUnderTest.Host + "/";
        var id = await CreateAsync(new { crawl = new { start = start.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), depth = 3, exclude = new[] { "/private/*" } } });
        var job = await EndAsync(id);
        var results = await ResultsAsync(id);
        Assert.Equal(
            ["/ 0", "/a 1", "/b 1", "/deep/one 2", "/deep/two 3", "/shadow 2"],
            results.Select(result => $"{new Uri(result.Url).AbsolutePath} {result.Depth}").Order(StringComparer.Ordinal));
        Assert.Equal((JobState.Completed, 6, 6), (job.State, job.Total, job.Succeeded));

        var bounded = await EndAsync(await CreateAsync(new { crawl = new { start, depth = 3 }, maxUrls = 2 }));
        Assert.Equal((2, 4), (bounded.Total, bounded.Omitted));
        var included = await CreateAsync(new { crawl = new { start, include = new[] { "/a", "/deep/*" } } });
        await EndAsync(included);
        Assert.Equal(["/", "/a", "/deep/one", "/deep/two"], (await ResultsAsync(included)).Select(result => new Uri(result.Url).AbsolutePath).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Create_CrawlOfARedirectLoop_EndsAndVisitsEachPageOnce()
    {
        _server.Answer = (http, request) =>
        {
            http.Response.Headers[FleetHeaders.Outcome] = "rendered";
            http.Response.Headers[FleetHeaders.PageStatus] = "302";
            http.Response.Headers[FleetHeaders.PageLocation] = ManagerUnderTest.Host + (request.Url.EndsWith('a') ? "/b" : "/a");
            return Results.Text("<a href=/other>", "text/html").ExecuteAsync(http);
        };
        var job = await EndAsync(await CreateAsync(new { crawl = new { start = ManagerUnderTest.Host + "/a", depth = 20 } }));
        Assert.Equal((JobState.Completed, 2, 2), (job.State, job.Total, job.Succeeded));
    }

    [Fact]
    public async Task Create_Sitemap_ReadsIndexesAndGzip()
    {
        _site["/sitemap.xml"] = Xml($"<sitemapindex><sitemap><loc>{Site}a.xml</loc></sitemap><sitemap><loc>{Site}b.xml.gz</loc></sitemap></sitemapindex>");
        _site["/a.xml"] = Xml($"<urlset><url><loc>{ManagerUnderTest.Host}/1</loc></url><url><loc>{ManagerUnderTest.Host}/2</loc></url></urlset>");
        _site["/b.xml.gz"] = Gzip(Encoding.UTF8.GetBytes($"<urlset><url><loc>{ManagerUnderTest.Host}/2</loc></url><url><loc>{ManagerUnderTest.Host}/3</loc></url></urlset>"), 1);
        var id = await CreateAsync(new { sitemap = Site + "sitemap.xml" });
        Assert.Equal((JobState.Completed, 3, 3), (await EndAsync(id) is var job ? (job.State, job.Total, job.Succeeded) : default));
        Assert.Equal(["/1", "/2", "/3"], (await ResultsAsync(id)).Select(result => new Uri(result.Url).AbsolutePath).Order());
    }

    [Theory]
    [InlineData("endless", "bad-sitemap", "is too large: at most 67108864 bytes of sitemaps are read, uncompressed")]
    [InlineData("bomb", "bad-sitemap", "is too large: at most 67108864 bytes of sitemaps are read, uncompressed")]
    [InlineData("loop", "bad-sitemap", "lists itself")]
    [InlineData("redirect", "bad-sitemap", "is answered with 302 to /redirect; give the URL that it redirects to")]
    [InlineData("missing", "bad-sitemap", "is answered with 404")]
    [InlineData("html", "bad-sitemap", "is not a sitemap")]
    public async Task Create_BadSitemap_FailsTheJobAndSaysWhy(string kind, string reason, string detail)
    {
        _site["/endless"] = async http =>
        {
            var chunk = new byte[1024 * 1024];
            Array.Fill(chunk, (byte)' ');
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.Body.WriteAsync(chunk, http.RequestAborted);
            }
        };
        _site["/bomb"] = Gzip(new byte[1024 * 1024], 1024);
        _site["/loop"] = Xml($"<sitemapindex><sitemap><loc>{Site}loop</loc></sitemap></sitemapindex>");
        _site["/redirect"] = http => Results.Redirect("/redirect").ExecuteAsync(http);
        _site["/html"] = Xml("<html></html>");
        var job = await EndAsync(await CreateAsync(new { sitemap = Site + kind }));
        Assert.Equal((JobState.Failed, reason), (job.State, job.Reason));
        Assert.Contains(detail, job.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_Recache_HasTheRealmServerStoreThePagesAgain()
    {
        var asked = new ConcurrentDictionary<string, int>();
        _site["/_pages/recache"] = async http =>
        {
            Assert.StartsWith("Bearer fleet-service.", http.Request.Headers.Authorization, StringComparison.Ordinal);
            var url = (await http.Request.ReadFromJsonAsync<PagesRequest>(FleetJson.Options))!.Urls!.Single();
            asked.AddOrUpdate(url, 1, static (_, count) => count + 1);
            await http.Response.WriteAsJsonAsync(
                new { pages = new[] { new { url, result = url.EndsWith("/file", StringComparison.Ordinal) ? "refused" : "accepted", reason = "It is a file, not a page." } }, counts = new { accepted = 1 } });
        };
        _site["/_pages/page"] = http => http.Response.WriteAsJsonAsync(http.Request.Query["url"].ToString().EndsWith("/bad", StringComparison.Ordinal)
            ? (object)new { pending = false, lastFailure = new { reason = "It threw.", record = "/failures/x/1" } }
            : new { pending = false, stored = new { status = 200, ageSeconds = 0 } });
        _site["/_pages"] = http => http.Response.WriteAsJsonAsync(http.Request.Query["after"] == "2"
            ? (object)new { pages = new[] { new { url = "http://s/c" } } }
            : new { pages = new[] { new { url = "http://s/a" }, new { url = "http://s/b" } }, next = http.Request.Query["prefix"] == "/p" ? "2" : null });
        await RestartAsync($"--services:realm:http:0={Site}");

        var id = await CreateAsync(new { recache = new { urls = new[] { "/good", "/bad", "/file" } } });
        Assert.Equal((JobState.Completed, 1, 1, 1), (await EndAsync(id) is var job ? (job.State, job.Succeeded, job.Failed, job.Skipped) : default));
        var results = (await ResultsAsync(id)).ToDictionary(result => result.Url);
        Assert.Equal(("It threw.", "/failures/x/1"), (results["/bad"].Detail, results["/bad"].Record));
        Assert.Equal(("refused", "It is a file, not a page."), (results["/file"].Reason, results["/file"].Detail));

        var selected = await CreateAsync(new { recache = new { prefix = "/p" } });
        Assert.Equal((JobState.Completed, 3, 3), (await EndAsync(selected) is var all ? (all.State, all.Total, all.Succeeded) : default));
        Assert.All(asked.Where(pair => pair.Key != "/file"), pair => Assert.Equal(1, pair.Value));
    }

    [Fact]
    public async Task Webhook_EndOfAJob_IsSignedAndRepeatedUntilItIsAccepted()
    {
        _site["/hook"] = async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            _hooks.Enqueue((http, new HeaderDictionary(http.Request.Headers.ToDictionary(header => header.Key, header => header.Value)), await reader.ReadToEndAsync()));
            http.Response.StatusCode = _hooks.Count == 1 ? 500 : 204;
        };
        await RestartAsync($"--Jobs:Webhooks:0={Site.TrimEnd('/')}", $"--Jobs:WebhookSecret={Secret}");
        var id = await CreateAsync(new { urls = Urls(2), webhook = Site + "hook" });
        await EndAsync(id);
        await Eventually.TrueAsync(async () => (await JobAsync(id)).Webhook is { State: JobWebhookState.Pending, Attempts: 1, Detail: "The receiver answered 500." }, () => "the first attempt failed");
        await Eventually.TrueAsync(async () => (await JobAsync(id)).Webhook is { State: JobWebhookState.Delivered, Attempts: 2, Detail: null }, () => "the second attempt was accepted");

        Assert.Equal(2, _hooks.Count);
        Assert.All(_hooks, hook =>
        {
            var key = Convert.FromBase64String(Secret["whsec_".Length..]);
            var signed = $"{hook.Headers["webhook-id"]}.{hook.Headers["webhook-timestamp"]}.{hook.Body}";
            Assert.Equal("v1," + Convert.ToBase64String(System.Security.Cryptography.HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(signed))), hook.Headers["webhook-signature"].ToString());
            Assert.Equal("job-" + id, hook.Headers["webhook-id"].ToString());
            Assert.InRange(long.Parse(hook.Headers["webhook-timestamp"]!, CultureInfo.InvariantCulture), DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 120, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 5);
            var body = JsonSerializer.Deserialize<JsonElement>(hook.Body);
            Assert.Equal(("job.completed", id, 2), (body.GetProperty("type").GetString(), body.GetProperty("data").GetProperty("id").GetString(), body.GetProperty("data").GetProperty("succeeded").GetInt32()));
        });
    }

    [Fact]
    public async Task Webhook_ReceiverIsAway_FailsAfterItsAttempts()
    {
        var away = $"http://127.0.0.1:{FreePort.Take()}";
        await RestartAsync($"--Jobs:Webhooks:0={away}", $"--Jobs:WebhookSecret={Secret}", "--Jobs:WebhookAttempts=2");
        var id = await CreateAsync(new { urls = Urls(1), webhook = away + "/hook" });
        Assert.Equal(JobState.Completed, (await EndAsync(id)).State);
        await Eventually.TrueAsync(
            async () => (await JobAsync(id)).Webhook is { State: JobWebhookState.Failed, Attempts: 2, Detail: "The receiver cannot be reached." }, () => "the webhook failed");
    }

    private static IEnumerable<string> Urls(int count) => Enumerable.Range(0, count).Select(n => ManagerUnderTest.Realm + n);

    private static Func<HttpContext, Task> Xml(string text) => http => Results.Text(text, "application/xml").ExecuteAsync(http);

    private static Func<HttpContext, Task> Gzip(byte[] part, int times)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (var i = 0; i < times; i++)
            {
                gzip.Write(part);
            }
        }

        var bytes = packed.ToArray();
        return http => Results.Bytes(bytes, "application/gzip").ExecuteAsync(http);
    }

    // Renders wait until the returned action is called.
    private Action Hold()
    {
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = _server.Answer;
        _server.Answer = async (http, request) =>
        {
            await released.Task.WaitAsync(http.RequestAborted);
            await answer(http, request);
        };
        return () => released.TrySetResult();
    }

    private async Task StartAsync(params string[] settings)
    {
        // Servers stay registered without heartbeats, but leases of jobs end.
        var registry = new InMemoryRegistry(new TickingClock(), NullLoggerFactory.Instance, TimeProvider.System);
        await ManagerUnderTest.AnnounceRealmAsync(registry);
        _manager = await ManagerUnderTest.StartAsync(registry, [$"--Fleet:AllowedOrigins:0={Site.TrimEnd('/')}", $"--Fleet:AllowedOrigins:1={ManagerUnderTest.Host}", .. settings]);
        _manager.UseAdminKey();
        _server = await _manager.AddServerAsync("prerender-0");
    }

    private async Task RestartAsync(params string[] settings)
    {
        await _manager.DisposeAsync();
        await StartAsync(settings);
    }

    private Task<HttpResponseMessage> SendAsync(string method, string path) => _manager.Client.SendAsync(
        new(new(method), path) { Content = method == "POST" ? new StringContent("{}", Encoding.UTF8, "application/json") : null }, HttpCompletionOption.ResponseHeadersRead, Token);

    private Task<HttpResponseMessage> PostAsync(object body, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/jobs") { Content = JsonContent.Create(body) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return _manager.Client.SendAsync(request, Token);
    }

    private async Task<string> CreateAsync(object body, string? key = null)
    {
        using var response = await PostAsync(body, key);
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, await response.Content.ReadAsStringAsync(Token));
        return (await response.Content.ReadFromJsonAsync<JobStatus>(FleetJson.Options, Token))!.Id;
    }

    private async Task<JobStatus> JobAsync(string id) => (await _manager.Client.GetFromJsonAsync<JobStatus>($"/jobs/{id}", FleetJson.Options, Token))!;

    private async Task<JobList> ListAsync() => (await _manager.Client.GetFromJsonAsync<JobList>("/jobs", FleetJson.Options, Token))!;

    private async Task<JobStatus> EndAsync(string id)
    {
        JobStatus job = null!;
        await Eventually.TrueAsync(async () => (job = await JobAsync(id)).EndedAt is not null, () => $"the end of job {id}: {job}");
        return job;
    }

    private async Task<IReadOnlyList<JobUrlResult>> ResultsAsync(string id, int limit = 100)
    {
        List<JobUrlResult> results = [];
        string? cursor = "0";
        while (cursor is not null)
        {
            var page = (await _manager.Client.GetFromJsonAsync<JobResults>($"/jobs/{id}/results?limit={limit}&cursor={cursor}", FleetJson.Options, Token))!;
            results.AddRange(page.Results);
            cursor = page.Next;
        }

        return results;
    }
}
