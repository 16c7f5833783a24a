using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using Fleet.Contracts;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.Manager.Jobs;

/// <summary>Jobs whose URLs are not in the request: crawls, sitemaps, stored pages.</summary>
public sealed class JobListTests : JobsUnderTest
{
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
            ["/shadow"] = "<p>s</p>",
        };
        Server.Answer = (http, request) =>
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
        Server.Answer = (http, request) =>
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
        SitePages["/sitemap.xml"] = Xml($"<sitemapindex><sitemap><loc>{Site}a.xml</loc></sitemap><sitemap><loc>{Site}b.xml.gz</loc></sitemap></sitemapindex>");
        SitePages["/a.xml"] = Xml($"<urlset><url><loc>{ManagerUnderTest.Host}/1</loc></url><url><loc>{ManagerUnderTest.Host}/2</loc></url></urlset>");
        SitePages["/b.xml.gz"] = Gzip(Encoding.UTF8.GetBytes($"<urlset><url><loc>{ManagerUnderTest.Host}/2</loc></url><url><loc>{ManagerUnderTest.Host}/3</loc></url></urlset>"), 1);
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
        SitePages["/endless"] = async http =>
        {
            var chunk = new byte[1024 * 1024];
            Array.Fill(chunk, (byte)' ');
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.Body.WriteAsync(chunk, http.RequestAborted);
            }
        };
        SitePages["/bomb"] = Gzip(new byte[1024 * 1024], 1024);
        SitePages["/loop"] = Xml($"<sitemapindex><sitemap><loc>{Site}loop</loc></sitemap></sitemapindex>");
        SitePages["/redirect"] = http => Results.Redirect("/redirect").ExecuteAsync(http);
        SitePages["/html"] = Xml("<html></html>");
        var job = await EndAsync(await CreateAsync(new { sitemap = Site + kind }));
        Assert.Equal((JobState.Failed, reason), (job.State, job.Reason));
        Assert.Contains(detail, job.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_Recache_HasTheRealmServerStoreThePagesAgain()
    {
        var asked = new ConcurrentDictionary<string, int>();
        SitePages["/_pages/recache"] = async http =>
        {
            Assert.StartsWith("Bearer fleet-service.", http.Request.Headers.Authorization, StringComparison.Ordinal);
            var url = (await http.Request.ReadFromJsonAsync<PagesRequest>(FleetJson.Options))!.Urls!.Single();
            asked.AddOrUpdate(url, 1, static (_, count) => count + 1);
            await http.Response.WriteAsJsonAsync(
                new { pages = new[] { new { url, result = url.EndsWith("/file", StringComparison.Ordinal) ? "refused" : "accepted", reason = "It is a file, not a page." } }, counts = new { accepted = 1 } });
        };
        SitePages["/_pages/page"] = http => http.Response.WriteAsJsonAsync(http.Request.Query["url"].ToString().EndsWith("/bad", StringComparison.Ordinal)
            ? (object)new { pending = false, lastFailure = new { reason = "It threw.", record = "/failures/x/1" } }
            : new { pending = false, stored = new { status = 200, ageSeconds = 0 } });
        SitePages["/_pages"] = http => http.Response.WriteAsJsonAsync(http.Request.Query["after"] == "2"
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

    [Theory]
    [InlineData("prefix", "/elemens/", "No stored page has a URL that begins with '/elemens/'.")]
    [InlineData("pattern", "/*/x", "No stored page has a URL that matches '/*/x'.")]
    [InlineData("pattern", "*", "No page is stored.")]
    public async Task Create_RecacheThatSelectsNothing_EndsAndSaysSo(string member, string value, string detail)
    {
        SitePages["/_pages"] = static http => http.Response.WriteAsJsonAsync(new { pages = Array.Empty<object>() });
        await RestartAsync($"--services:realm:http:0={Site}");
        var job = await EndAsync(await CreateAsync(new { recache = new Dictionary<string, string> { [member] = value } }));
        Assert.Equal((JobState.Completed, 0, "nothing-matches", detail), (job.State, job.Total, job.Reason, job.Detail));
    }

    [Fact]
    public async Task Create_RecacheAndTheQueueIsFull_WaitsForRoom()
    {
        var asked = 0;
        SitePages["/_pages/recache"] = http => http.Response.WriteAsJsonAsync(
            new { pages = new[] { Interlocked.Increment(ref asked) == 1 ? new { url = "/a", result = "refused", reason = "Later.", refusal = "queue-full" } : new { url = "/a", result = "accepted", reason = "", refusal = "" } }, counts = new { } });
        SitePages["/_pages/page"] = static http => http.Response.WriteAsJsonAsync(new { pending = false, stored = new { status = 200, ageSeconds = 0 } });
        await RestartAsync($"--services:realm:http:0={Site}");
        var job = await EndAsync(await CreateAsync(new { recache = new { urls = new[] { "/a" } } }));
        Assert.Equal((1, 2), (job.Succeeded, asked));
    }

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
}
