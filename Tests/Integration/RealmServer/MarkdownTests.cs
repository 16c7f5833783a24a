using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Contracts;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.RealmServer;

public sealed class MarkdownTests
{
    private const string Page = "<!doctype html><html><head><title>About</title></head><body><nav>menu</nav><main><h1>About</h1><p>Some <b>text</b>.</p></main></body></html>";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("text/markdown", true)]
    [InlineData("text/markdown, text/html, */*", true)]
    [InlineData("text/markdown;q=0.5, text/html", false)]
    [InlineData("text/markdown;q=0, text/html", false)]
    [InlineData("text/html", false)]
    [InlineData("*/*", false)]
    public async Task Route_Accept_DecidesBetweenMarkdownAndHtml(string accept, bool isMarkdown)
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Document(request, shell, Page));
        await server.OnDemandOnly(manager).StartAsync();

        using var answer = await server.GetAsync("about", accept, request => request.Headers.TryAddWithoutValidation("X-Prerender", "1"));
        var text = await answer.Content.ReadAsStringAsync(Token);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(isMarkdown ? "text/markdown" : "text/html", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains("Accept", answer.Headers.Vary);
        Assert.Equal($"<{server.Url}about>; rel=\"canonical\"", Assert.Single(answer.Headers.GetValues("Link")));
        if (isMarkdown)
        {
            Assert.Equal("# About\n\nSome **text**.\n", text);
            Assert.Equal("6", Assert.Single(answer.Headers.GetValues(FleetHeaders.MarkdownTokens)));
            var again = await server.GetAsync("about", accept, request => request.Headers.IfNoneMatch.Add(answer.Headers.ETag!));
            Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("about", "text/html", request =>
            {
                request.Headers.Add("X-Prerender", "1");
                request.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
            })).StatusCode);
        }
    }

    [Fact]
    public async Task Agent_NothingStored_WaitsForTheRenderWithoutBeingKnownAsACrawler()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.OnDemandOnly(manager).StartAsync();

        var text = await (await server.GetAsync("elements/hydrogen", "text/markdown")).Content.ReadAsStringAsync(Token);

        Assert.Equal("# rendered\n", text);
        Assert.Equal(10, Assert.Single(manager.Requests).Priority);
    }

    [Fact]
    public async Task Card_HostRendersMarkdown_ThatIsSent()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Rendered(request, shell) with
        {
            Formats = new Dictionary<RenderFormat, string> { [RenderFormat.Isolated] = "<h1>x</h1>", [RenderFormat.Head] = "", [RenderFormat.Markdown] = "# The host's own\n" },
        });
        await server.OnDemandOnly(manager).StartAsync();

        using var answer = await server.GetAsync("elements/hydrogen", "text/markdown");

        Assert.Equal("# The host's own\n", await answer.Content.ReadAsStringAsync(Token));
        Assert.Equal($"<{server.RealmUrl}hydrogen>; rel=\"canonical\"", Assert.Single(answer.Headers.GetValues("Link")));
    }

    [Fact]
    public async Task Page_NoneOrTooDeep_IsAProblemInsteadOfHtml()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Document(request, shell, string.Concat(Enumerable.Repeat("<div>", 5_000)) + "deep"));
        server.Settings.Add("Pages:FirstRendersPerMinute=1");
        await server.OnDemandOnly(manager).StartAsync();

        using var deep = await server.GetAsync("deep", "text/markdown");
        Assert.Equal(HttpStatusCode.NotAcceptable, deep.StatusCode);
        Assert.Equal("no-markdown", (await deep.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("reason").GetString());

        using var refused = await server.GetAsync("another", "text/markdown");
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
        Assert.NotNull(refused.Headers.RetryAfter);
    }
}
