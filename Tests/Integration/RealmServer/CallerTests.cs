using System.Net;

namespace Fleet.Tests.RealmServer;

/// <summary>Boundary 2: a caller without a key is hostile, and so are the pages that visitors have open.</summary>
public sealed class CallerTests
{
    [Fact]
    public async Task Search_ManyOfOneClient_Are429()
    {
        await using var server = new RealmServerUnderTest();
        server.Settings.Add("Pages:SearchesPerMinute=3");
        await server.StartAsync();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("_search?q=gold", "application/json")).StatusCode);
        }

        var refused = await server.GetAsync("_search?q=gold", "application/json");

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter?.Delta);
        Assert.Contains("too-many-searches", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("elements/hydrogen")).StatusCode);
    }

    [Theory]
    [InlineData("_index")]
    [InlineData("_index/events")]
    [InlineData("_index/diagnostics?url=x")]
    public async Task Index_AsAnotherHostOrFromAnotherSite_Is403(string path)
    {
        await using var server = await new RealmServerUnderTest().StartAsync();

        foreach (var (header, value) in new[] { ("Host", "evil.example"), ("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example") })
        {
            var refused = await server.GetAsync(path, with: r => r.Headers.TryAddWithoutValidation(header, value));
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }
    }

    [Fact]
    public async Task Site_AsAnyHost_IsServed()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();

        var page = await server.GetAsync("elements/hydrogen", with: r => r.Headers.Host = "www.example.com");

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    [Fact]
    public async Task Response_OfTheSite_HasOnlyNosniff()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();

        foreach (var path in (string[])["elements/hydrogen", "assets/app.css", "some/route"])
        {
            var page = await server.GetAsync(path);
            Assert.Equal("nosniff", Assert.Single(page.Headers.GetValues("X-Content-Type-Options")));
            Assert.False(page.Headers.Contains("X-Frame-Options"));
            Assert.False(page.Headers.Contains("Referrer-Policy"));
        }
    }

    [Theory]
    [InlineData("_index", "text/html")]
    [InlineData("_index", "application/json")]
    [InlineData("_realms", "application/json")]
    [InlineData("_search?q=", "application/json")]
    [InlineData("health", "application/json")]
    public async Task Response_OfTheServer_HasAllSecurityHeaders(string path, string accept)
    {
        await using var server = await new RealmServerUnderTest().StartAsync();

        var response = await server.GetAsync(path, accept);

        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("DENY", Assert.Single(response.Headers.GetValues("X-Frame-Options")));
        Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
    }

    [Fact]
    public async Task Events_OneClient_CannotHoldEveryStream()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        var open = new List<HttpResponseMessage>();
        HttpResponseMessage last;
        do
        {
            open.Add(last = await server.Client.GetAsync("_index/events", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken));
        }
        while (last.IsSuccessStatusCode && open.Count < 100);

        Assert.Equal(HttpStatusCode.TooManyRequests, last.StatusCode);
        Assert.NotNull(last.Headers.RetryAfter?.Delta);
        Assert.InRange(open.Count, 2, 20);
        open.ForEach(response => response.Dispose());
        await Eventually.TrueAsync(
            async () =>
            {
                using var again = await server.Client.GetAsync("_index/events", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
                return again.IsSuccessStatusCode;
            },
            () => "a stream to be free again");
    }
}
