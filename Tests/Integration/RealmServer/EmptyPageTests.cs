using System.Text.Json;
using Fleet.Contracts;
using Fleet.RealmServer.Rendering;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.RealmServer;

/// <summary>If the app does not start, the page shows only the shell, which is never stored as a page.</summary>
public sealed class EmptyPageTests
{
    private const string Shell = "<!doctype html><html><head><title>App</title></head><body><div id=\"app\">Loading…</div><script src=\"/gone.js\"></script></body></html>";

    [Theory]
    [InlineData("<!DOCTYPE html><html><head><title>App</title></head><body><div id=\"app\"></div><script src=\"/gone.js\"></script></body></html>")]
    [InlineData("<!DOCTYPE html><html><head><title>App</title></head>\n<body>\n<div id=\"app\">Loading…</div>\n<noscript>No script</noscript></body></html>")]
    [InlineData("")]
    public async Task Page_ShowsWhatTheShellShows_IsNotStoredAndTheLastGoodOneStays(string document)
    {
        await using var server = new RealmServerUnderTest();
        server.Dist.Write("index.html", Shell);
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.With(manager).StartAsync();
        await server.IndexedAsync();
        manager.Answer = (request, shell) => Results.Ok(request.Url.EndsWith("helium", StringComparison.Ordinal)
            ? FakeManager.Document(request, shell, document) : FakeManager.Rendered(request, shell));

        server.Realms.Write("elements/helium.json", """{ "title": "changed" }""");
        var failure = default(JsonElement);
        await Eventually.TrueAsync(
            async () => (failure = (await server.IndexedAsync()).GetProperty("failures").EnumerateArray().FirstOrDefault()).ValueKind == JsonValueKind.Object,
            () => "helium to be listed");

        Assert.Contains("did not start", failure.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal("<h1>rendered</h1>", (await server.StoredAsync("helium"))!.Formats[RenderFormat.Isolated]);

        // The bundle arrives; no request is needed.
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Rendered(request, shell, "<h1>started</h1>"));
        await Eventually.TrueAsync(
            async () => (await server.StoredAsync("helium"))!.Formats[RenderFormat.Isolated] == "<h1>started</h1>", () => "a later pass to store the page");
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("<div id=app>\n</div>", "")]
    [InlineData("<head><title>T</title></head><header>Seen</header>", "Seen ")]
    [InlineData("<p>a</p><!-- b --><p> c </p>", "a c ")]
    [InlineData("<script>a</script><STYLE>b</STYLE><noscript>c</noscript>", "")]
    [InlineData("<script>never ends", "")]
    [InlineData("<!-- never ends", "")]
    [InlineData("<p never ends", "")]
    [InlineData("<img src=x><svg><title>t</title></svg>", "<img> <svg> ")]
    [InlineData("<template shadowrootmode=open>shadow</template>", "shadow ")]
    [InlineData("a < b", "a < b ")]
    public void Shown_Of_IsTextAndScreenshots(string html, string expected) => Assert.Equal((expected, expected.Length > 0), (ShownContent.Of(html), ShownContent.IsIn(html)));

    [Fact]
    public void ShownContent_OfMuchBrokenMarkup_IsReadOnce()
    {
        var html = string.Concat(Enumerable.Repeat("<script", 700_000));

        // One pass over 5 MB takes milliseconds; one pass per tag would take an hour.
        Assert.Equal("", ShownContent.Of(html));
    }
}
