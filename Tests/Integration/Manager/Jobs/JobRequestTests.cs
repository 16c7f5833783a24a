using System.Net;
using System.Net.Http.Json;
using System.Text;
using Fleet.Contracts;

namespace Fleet.Tests.Manager.Jobs;

/// <summary>Which requests for jobs are accepted.</summary>
public sealed class JobRequestTests : JobsUnderTest
{
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
    [InlineData("""{"recache":{"prefix":"elements/"}}""", "'recache.prefix' is 'elements/': it must begin with '/', 'http://' or 'https://'.")]
    [InlineData("""{"recache":{"pattern":"elements/*"}}""", "'recache.pattern' is 'elements/*': it must begin with '*', '/', 'http://' or 'https://'.")]
    [InlineData("""{"recache":{"prefix":"/"},"render":{}}""", "'render' does not apply to 'recache'")]
    public async Task Create_InvalidRequest_IsRefusedAndNamesTheField(string body, string detail)
    {
        using var response = await Manager.Client.PostAsync("/jobs", new StringContent(body, Encoding.UTF8, "application/json"), Token);
        var reason = detail.Contains("may not be rendered", StringComparison.Ordinal) ? "not-allowed" : "invalid-request";
        Assert.Contains(detail, ManagerUnderTest.Detail(await ManagerUnderTest.AssertProblemAsync(response, 400, reason)), StringComparison.Ordinal);
        Assert.Empty((await ListAsync()).Jobs);
    }

    [Fact]
    public async Task Create_BodyTooLarge_Is413()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/jobs") { Content = new StringContent(new string(' ', JobLimits.MaxBodyBytes + 1), Encoding.UTF8, "application/json") };
        request.Headers.ExpectContinue = true;
        using var response = await Manager.Client.SendAsync(request, Token);
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

        Manager.Client.DefaultRequestHeaders.Authorization = null;
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
        var page = await Manager.Client.GetFromJsonAsync<JobList>("/jobs?limit=2", FleetJson.Options, Token);
        Assert.Equal([ids[0]], (await Manager.Client.GetFromJsonAsync<JobList>($"/jobs?limit=2&cursor={page!.Next}", FleetJson.Options, Token))!.Jobs.Select(job => job.Id));
        release();
        Assert.Equal(JobState.Completed, (await EndAsync(third)).State);
        Assert.Equal((JobState.Cancelled, 0), ((await JobAsync(ids[0])).State, (await JobAsync(ids[0])).Succeeded));
    }
}
