using System.Net;
using Fleet.Contracts;
using Fleet.RealmServer.Rendering;
using Fleet.RealmServer.Site;
using Fleet.Tests.Rendering;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fleet.Tests.RealmServer;

/// <summary>The response to a crawler when there is no page: never an empty one with the status 200.</summary>
public sealed class UnavailableTests
{
    private const string Outage = "Pages:CrawlerBudget=00:00:01";

    [Theory]
    [InlineData("some/route")]
    [InlineData("elements/hydrogen")]
    public async Task Crawler_NoManagerAnswers_GetsA503ThatSaysWhyAndNoFailureIsRecorded(string path)
    {
        await using var server = new RealmServerUnderTest();
        server.Settings.Add(Outage);
        await server.WithManagerAt("http://127.0.0.1:9").StartAsync();

        var response = await server.GetAsync(path, with: AsCrawler);
        var text = await response.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter?.Delta);
        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.Contains("could not be rendered", text, StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1:9", text, StringComparison.Ordinal);
        Assert.Equal(RealmServerUnderTest.Shell, await (await server.GetAsync(path)).Content.ReadAsStringAsync());

        var source = new PageSource(server.Url, server.Url + "some/route", 0);
        await Eventually.TrueAsync(() => !server.Services.GetRequiredService<OnDemandRenders>().IsPending(source), TimeSpan.FromSeconds(60), () => "all renders to end");
        Assert.Null(server.Services.GetRequiredService<PageFailures>().Find(source));
    }

    [Fact]
    public async Task Crawler_ManagerIsBackAfterAnOutage_GetsThePageAtOnce()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        server.Settings.Add(Outage);
        manager.Answer = (_, _) => Results.Problem("No servers.", statusCode: 503);
        await server.OnDemandOnly(manager).StartAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await server.GetAsync("elements/hydrogen", with: AsCrawler)).StatusCode);

        manager.Answer = (request, shell) => Results.Ok(FakeManager.Rendered(request, shell));

        await Eventually.TrueAsync(async () => (await server.GetAsync("elements/hydrogen", with: AsCrawler)).StatusCode == HttpStatusCode.OK, TimeSpan.FromSeconds(20), () => "the page");
    }

    [Fact]
    public async Task Crawler_RegistryAway_GetsA503()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.OnDemandOnly(manager).StartAsync(services: UnreachablePageStore.Register);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await server.GetAsync("elements/hydrogen", with: AsCrawler)).StatusCode);
    }

    [Fact]
    public async Task Crawler_DoesNotAcceptHtml_GetsAProblem()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();

        var response = await server.GetAsync("elements/hydrogen", "text/plain", AsCrawler);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Theory]
    [InlineData("elements/hydrogen", HttpStatusCode.ServiceUnavailable)]
    [InlineData("some/route", HttpStatusCode.OK)]
    public async Task Crawler_RenderingOnDemandIsOff_GetsTheShellOfRoutesOnly(string path, HttpStatusCode expected)
    {
        await using var server = new RealmServerUnderTest();
        server.Settings.Add("Pages:OnDemand=false");
        await server.StartAsync();

        Assert.Equal(expected, (await server.GetAsync(path, with: AsCrawler)).StatusCode);
    }

    [Fact]
    public async Task Crawler_RequestsTheShellItself_IsRedirectedToThePage()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();

        var response = await server.GetAsync("index.html?a=b", with: AsCrawler);

        Assert.Equal((HttpStatusCode.PermanentRedirect, "/?a=b"), (response.StatusCode, response.Headers.Location?.OriginalString));
    }

    [Fact]
    public async Task Crawler_AddressIsTooLong_GetsA414AndAVisitorTheShell()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        var path = "callback?code=" + new string('a', 3000);

        Assert.Equal(HttpStatusCode.RequestUriTooLong, (await server.GetAsync(path, with: AsCrawler)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync(path)).StatusCode);
    }

    [Theory]
    [InlineData(RenderOutcome.Failed)]
    [InlineData(RenderOutcome.TimedOut)]
    [InlineData(RenderOutcome.NoVerdict)]
    public async Task Render_Failed_LeavesOneLineWithItsId(RenderOutcome outcome)
    {
        using var log = new LogRecorder();
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Ended(outcome, request, new(shell.Token, shell.Generation, true) { CurrentAtStart = true }, "It went wrong."));
        // Within half a second no second render with more time begins.
        server.Settings.AddRange(["Logging:LogLevel:Default=Information", "Pages:CrawlerBudget=00:00:00.500"]);
        await server.OnDemandOnly(manager).StartAsync(services: services => services.AddSingleton<ILoggerProvider>(log));

        await server.GetAsync("some/route", with: AsCrawler);

        await Eventually.TrueAsync(() => Lines().Any(), () => "a line");
        Assert.Matches("^Rendering http://[^ ]+/some/route on demand failed, render [0-9a-f]{32}: It went wrong", Assert.Single(Lines()));

        IEnumerable<string> Lines() => log.Lines.Where(line => line.Contains("It went wrong", StringComparison.Ordinal));
    }

    private static void AsCrawler(HttpRequestMessage request) => request.Headers.TryAddWithoutValidation("User-Agent", "Mozilla/5.0 (compatible; Googlebot/2.1)");
}
