using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Registry.Pages;
using Fleet.Tests.Manager;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.RealmServer;

/// <summary>Mobile renditions beside those of the desktop (<c>Fleet:Renditions</c>).</summary>
public sealed class RenditionTests
{
    private const string Phone = "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1)";
    private const string Desktop = "Mozilla/5.0 (compatible; Googlebot/2.1)";
    private const string Visitor = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_CrawlersOfBothKinds_EachGetsItsRenditionFromTheStore()
    {
        await using var site = await StartAsync();
        Assert.Contains("<p>desktop of /about</p>", await site.TextAsync("about", Desktop), StringComparison.Ordinal);
        Assert.Contains("<p>mobile of /about</p>", await site.TextAsync("about", Phone), StringComparison.Ordinal);

        // From the store, and from memory.
        using var again = await site.GetAsync("about", Phone);
        Assert.Contains("<p>mobile of /about</p>", await again.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Contains("User-Agent", again.Headers.Vary);
        Assert.Contains("<p>desktop of /about</p>", await site.TextAsync("about", Desktop), StringComparison.Ordinal);
        Assert.Equal([null, "mobile"], site.Manager.Requests.Select(render => render.Device));
        Assert.NotEqual((await site.GetAsync("about", Desktop)).Headers.ETag, again.Headers.ETag);
    }

    [Fact]
    public async Task Get_OneRenditionOnly_PhonesGetTheDesktops()
    {
        await using var site = await StartAsync(renditions: "desktop");
        Assert.Contains("<p>desktop of /about</p>", await site.TextAsync("about", Phone), StringComparison.Ordinal);
        Assert.Null(Assert.Single(site.Manager.Requests).Device);
    }

    [Theory]
    [InlineData("Prerendered", "mobile")]
    [InlineData("Auto", null)]
    public async Task Get_VisitorWithAPhone_HasThatRenditionRenderedWhichItCanGet(string visitors, string? device)
    {
        await using var site = await StartAsync(settings: $"Pages:Visitors={visitors}");
        await site.TextAsync("about", Visitor);
        await Eventually.TrueAsync(() => !site.Manager.Requests.IsEmpty, () => "a render");
        Assert.Equal(device, Assert.Single(site.Manager.Requests).Device);
        if (device is not null)
        {
            await Eventually.TrueAsync(async () => (await site.TextAsync("about", Visitor)).Contains("<p>mobile of /about</p>", StringComparison.Ordinal), () => "the page to be stored");
        }
    }

    [Fact]
    public async Task Pages_BothRenditions_AreListedInspectedRecachedAndPurged()
    {
        await using var site = await StartAsync();
        await site.TextAsync("about", Desktop);
        await site.TextAsync("about", Phone);

        var listed = (await site.OperateAsync("_pages?prefix=/about&limit=1")).GetProperty("pages").EnumerateArray().ToList();
        Assert.Equal([(site.Url + "about", "desktop"), (site.Url + "about", "mobile")], listed.Select(page => (page.GetProperty("url").GetString(), page.GetProperty("rendition").GetString())));

        var page = await site.OperateAsync("_pages/page?url=/about");
        var (desktop, mobile) = (page.GetProperty("stored"), page.GetProperty("mobile").GetProperty("stored"));
        Assert.Equal(("current", "current"), (desktop.GetProperty("state").GetString(), mobile.GetProperty("state").GetString()));
        Assert.NotEqual(desktop.GetProperty("etag").GetString(), mobile.GetProperty("etag").GetString());

        site.Manager.Requests.Clear();
        Assert.Equal(1, (await site.OperateAsync("_pages/recache", new { prefix = "/about" })).GetProperty("counts").GetProperty("accepted").GetInt32());
        await Eventually.TrueAsync(() => site.Manager.Requests.Count == 2, () => "both renditions to be rendered again");
        Assert.Equal([null, "mobile"], site.Manager.Requests.Select(render => render.Device).Order());
        await Eventually.TrueAsync(async () => !(await site.OperateAsync("_pages/page?url=/about")).GetRawText().Contains("\"pending\":true", StringComparison.Ordinal), () => "both to be stored");

        Assert.Equal(1, (await site.OperateAsync("_pages/purge", new { urls = new[] { "/about" }, rendition = "mobile" })).GetProperty("counts").GetProperty("purged").GetInt32());
        Assert.Equal("desktop", Assert.Single((await site.OperateAsync("_pages")).GetProperty("pages").EnumerateArray()).GetProperty("rendition").GetString());
        await site.TextAsync("about", Phone);
        Assert.Equal(1, (await site.OperateAsync("_pages/purge", new { urls = new[] { "/about" } })).GetProperty("counts").GetProperty("purged").GetInt32());
        Assert.Equal(0, (await site.OperateAsync("_pages")).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Recache_RenditionThatIsNotKept_IsRefusedWithTheSetting()
    {
        await using var site = await StartAsync(renditions: "desktop");
        var report = Assert.Single((await site.OperateAsync("_pages/recache", new { urls = new[] { "/about" }, rendition = "mobile" })).GetProperty("pages").EnumerateArray());
        Assert.Equal(("refused", "Pages have no mobile rendition (Fleet:Renditions)."), (report.GetProperty("result").GetString(), report.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task Index_Cards_AreRenderedInBothRenditionsAndAgainOnANewShell()
    {
        await using var site = await StartAsync(isIndexed: true);
        var status = await site.Server.IndexedAsync();
        Assert.Equal((6, 6, 0), (status.GetProperty("total").GetInt32(), status.GetProperty("done").GetInt32(), status.GetProperty("failed").GetInt32()));
        Assert.Contains("<p>mobile of /elements/hydrogen</p>", await site.TextAsync("elements/hydrogen", Phone), StringComparison.Ordinal);
        Assert.Equal(6, site.Manager.Requests.Count);

        // Another source of one card, in both renditions.
        site.Manager.Requests.Clear();
        site.Server.Realms.Write("elements/hydrogen.json", """{ "title": "Hydrogen, changed" }""");
        await Eventually.TrueAsync(() => site.Manager.Requests.Count == 2, () => "the changed card to be rendered");
        Assert.All(site.Manager.Requests, render => Assert.EndsWith("/hydrogen", render.Url, StringComparison.Ordinal));

        var before = (await site.StoredAsync(Rendition.Mobile))!.Generation;
        site.Server.Dist.Write("index.html", RealmServerUnderTest.Shell + "<!-- deployed -->");
        await Eventually.TrueAsync(async () => (await site.StoredAsync(Rendition.Mobile))!.Generation > before && (await site.StoredAsync(Rendition.Desktop))!.Generation > before, () => "both renditions on the new shell");

        // The page of a deleted card is removed in both renditions.
        File.Delete(Path.Combine(site.Server.Realms.Path, "elements/hydrogen.json"));
        await Eventually.TrueAsync(async () => await site.StoredAsync(Rendition.Mobile) is null && await site.StoredAsync(Rendition.Desktop) is null, () => "both renditions to be removed");
    }

    [Fact]
    public async Task Publication_Page_IsFreshWhenBothRenditionsAre()
    {
        await using var site = await StartAsync();
        await using var manager = await site.ManagerAsync();
        var mobile = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        site.Manager.AnswerAsync = async (request, shell) =>
        {
            await (request.Device is null ? Task.CompletedTask : mobile.Task);
            return Site.Answer(request, shell);
        };

        var created = await PostAsync(manager, "/publications", new { urls = new[] { "/about" } });
        var id = created.GetProperty("id").GetString();
        await Eventually.TrueAsync(async () => (await site.OperateAsync("_pages?prefix=/about")).GetProperty("total").GetInt32() == 1, () => "the desktop's rendition to be stored");
        await Eventually.TrueAsync(() => site.Manager.Requests.Any(render => render.Device == "mobile"), () => "the mobile one to be rendered");
        Assert.Equal("pending", (await manager.Client.GetFromJsonAsync<JsonElement>($"/publications/{id}", Token)).GetProperty("state").GetString());

        mobile.SetResult();
        var ended = await manager.Client.GetFromJsonAsync<JsonElement>($"/publications/{id}?wait=60", Token);
        Assert.Equal(("fresh", 1), (ended.GetProperty("state").GetString(), ended.GetProperty("total").GetInt32()));
        Assert.NotNull(await site.StoredAsync(Rendition.Mobile, "about"));

        // A listed page counts once, and its missing rendition is rendered.
        await site.OperateAsync("_pages/purge", new { urls = new[] { "/about" }, rendition = "mobile" });
        site.Manager.Requests.Clear();
        var stored = await PostAsync(manager, "/publications?wait=60", new { urls = new[] { site.Url + "about" }, prefixes = new[] { "/" } });
        Assert.Equal(("fresh", 1, "mobile"), (stored.GetProperty("state").GetString(), stored.GetProperty("total").GetInt32(), Assert.Single(site.Manager.Requests).Device));
    }

    [Fact]
    public async Task Job_Recache_SucceedsIfBothRenditionsDo()
    {
        await using var site = await StartAsync();
        await using var manager = await site.ManagerAsync();
        site.Manager.Answer = (request, shell) => request.Device is null ? Site.Answer(request, shell)
            : Results.Ok(FakeManager.Ended(RenderOutcome.Failed, request, new(shell.Token, shell.Generation, true) { CurrentAtStart = true }, "It fails on phones."));
        var failed = await RecacheAsync();
        Assert.Equal(1, failed.GetProperty("failed").GetInt32());
        Assert.Null(await site.StoredAsync(Rendition.Mobile, "about"));

        site.Manager.Answer = Site.Answer;
        var succeeded = await RecacheAsync();
        Assert.Equal(1, succeeded.GetProperty("succeeded").GetInt32());
        Assert.NotNull(await site.StoredAsync(Rendition.Desktop, "about"));
        Assert.NotNull(await site.StoredAsync(Rendition.Mobile, "about"));

        async Task<JsonElement> RecacheAsync()
        {
            var job = await PostAsync(manager, "/jobs", new { recache = new { urls = new[] { "/about" } } });
            var id = job.GetProperty("id").GetString();
            await Eventually.TrueAsync(
                async () => (job = await manager.Client.GetFromJsonAsync<JsonElement>($"/jobs/{id}", Token)).TryGetProperty("endedAt", out _), TimeSpan.FromMinutes(1), () => $"the end of {job}");
            return job;
        }
    }

    private static async Task<Site> StartAsync(string renditions = "desktop,mobile", bool isIndexed = false, string? settings = null)
    {
        var server = new RealmServerUnderTest();
        var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = Site.Answer;
        server.Settings.Add($"Fleet:Renditions={renditions}");
        if (settings is not null)
        {
            server.Settings.Add(settings);
        }

        await (isIndexed ? server.With(manager) : server.OnDemandOnly(manager)).StartAsync();
        return new(server, manager);
    }

    private static async Task<JsonElement> PostAsync(ManagerUnderTest manager, string path, object body)
    {
        using var response = await manager.Client.PostAsJsonAsync(path, body, Token);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Token));
        return await response.Content.ReadFromJsonAsync<JsonElement>(Token);
    }

    /// <summary>A realm server whose app shows the device and the path.</summary>
    private sealed class Site(RealmServerUnderTest server, FakeManager manager) : IAsyncDisposable
    {
        public RealmServerUnderTest Server => server;

        public FakeManager Manager => manager;

        public string Url => server.Url;

        public static IResult Answer(RenderRequest request, HostShell shell) => Results.Ok(
            FakeManager.Document(request, shell, $"<html><head></head><body><p>{request.Device ?? "desktop"} of {new Uri(request.Url).AbsolutePath}</p></body></html>"));

        public Task<HttpResponseMessage> GetAsync(string path, string userAgent) => server.GetAsync(path, with: request => request.Headers.TryAddWithoutValidation("User-Agent", userAgent));

        public async Task<string> TextAsync(string path, string userAgent)
        {
            using var response = await GetAsync(path, userAgent);
            return await response.Content.ReadAsStringAsync(Token);
        }

        public async Task<JsonElement> OperateAsync(string path, object? body = null)
        {
            using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, path) { Content = body is null ? null : JsonContent.Create(body) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", RealmServerUnderTest.AdminKey);
            using var response = await server.Client.SendAsync(request, Token);
            return await response.Content.ReadFromJsonAsync<JsonElement>(Token);
        }

        public Task<StoredPage?> StoredAsync(Rendition rendition, string path = "elements/hydrogen") =>
            server.Registry.Pages.GetAsync(PageScope.Of(path.StartsWith("elements", StringComparison.Ordinal) ? server.RealmUrl : server.Url, rendition), server.Url + path, Token);

        public async Task<ManagerUnderTest> ManagerAsync()
        {
            var started = await ManagerUnderTest.StartAsync(server.Registry, $"--services:realm:http:0={server.Url}", $"--Fleet:AdminKey={RealmServerUnderTest.AdminKey}");
            started.Client.DefaultRequestHeaders.Authorization = new("Bearer", RealmServerUnderTest.AdminKey);
            return started;
        }

        public async ValueTask DisposeAsync()
        {
            await server.DisposeAsync();
            await manager.DisposeAsync();
        }
    }
}
