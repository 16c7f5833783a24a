using System.Net.Http.Json;
using System.Text.Json;
using AngleSharp;
using AngleSharp.Dom;

namespace Fleet.Tests.EndToEnd;

/// <summary>The fleet's main task, through all services.</summary>
[Collection(SampleFleetCollection.Name)]
public sealed class MainJobTests(FleetFixture fixture)
{
    private static readonly string[] s_formats = ["isolated", "embedded", "fitted", "atom", "head", "icon", "markdown"];

    [Fact]
    public async Task Index_AfterStart_PrerendersEveryCardWithoutFailure()
    {
        var fleet = fixture.Fleet;
        var index = await fleet.IndexedAsync();

        Assert.True(index.GetProperty("total").GetInt32() > 118, index.ToString());
        Assert.Equal(index.GetProperty("total").GetInt32(), index.GetProperty("done").GetInt32());
        Assert.True(index.GetProperty("failed").GetInt32() == 0, index.ToString());
    }

    [Fact]
    public async Task Get_CardAsHtml_HoldsContentAndHead()
    {
        var fleet = fixture.Fleet;
        await fleet.IndexedAsync();
        var url = fleet.OnRealm("elements/hydrogen");

        using var page = await ParseAsync(await fleet.GetHtmlAsync(url));

        Assert.Contains("Hydrogen", page.Title, StringComparison.Ordinal);
        Assert.Contains("lightest element", Meta(page, "meta[name=description]"), StringComparison.Ordinal);
        Assert.Equal(url.AbsoluteUri, page.QuerySelector("link[rel=canonical]")?.GetAttribute("href"));
        Assert.Contains("Hydrogen", Meta(page, "meta[property='og:title']"), StringComparison.Ordinal);
        var content = page.QuerySelector("#app")?.TextContent;
        Assert.Contains("Hydrogen", content, StringComparison.Ordinal);
        Assert.Contains("Henry Cavendish", content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_OverviewCard_EmbedsAll118Elements()
    {
        var fleet = fixture.Fleet;
        await fleet.IndexedAsync();

        using var page = await ParseAsync(await fleet.GetHtmlAsync(fleet.OnRealm("elements/")));

        var linked = page.QuerySelectorAll("#app a[href]").Select(link => link.GetAttribute("href")!.TrimEnd('/').Split('/')[^1]);
        Assert.Equal(118, linked.Intersect(ElementIds()).Count());
    }

    [Fact]
    public async Task Get_Home_AnswersTheHostApp()
    {
        var fleet = fixture.Fleet;

        using var page = await ParseAsync(await fleet.GetHtmlAsync(fleet.OnRealm("")));

        Assert.NotNull(page.QuerySelector("#app"));
        Assert.NotNull(page.QuerySelector("script[type=module][src^='/assets/']"));
    }

    [Fact]
    public async Task GetRender_CardUrl_AnswersTheWholeDocument()
    {
        var fleet = fixture.Fleet;
        var url = fleet.OnManager($"render?url={Uri.EscapeDataString(fleet.OnRealm("elements/helium").AbsoluteUri)}");

        using var page = await ParseAsync(await fleet.GetHtmlAsync(url));

        Assert.Contains("Helium", page.Title, StringComparison.Ordinal);
        Assert.Contains("Helium", page.Body?.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PostRenders_OnlyAUrl_AnswersEveryFormatForTheUrlsRealm()
    {
        var fleet = fixture.Fleet;

        using var response = await fleet.Client.PostAsJsonAsync(
            fleet.OnManager("renders"), new { url = fleet.OnRealm("elements/carbon") }, TestContext.Current.CancellationToken);
        var result = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);

        Assert.True(result.TryGetProperty("outcome", out var outcome) && outcome.GetString() == "rendered", result.ToString());
        Assert.Equal(200, result.GetProperty("status").GetInt32());
        Assert.Equal($"realm:{fleet.OnRealm("elements/")}", result.GetProperty("affinity").GetString());
        Assert.Equal(s_formats.Order(), result.GetProperty("formats").EnumerateObject().Select(f => f.Name).Order());
        Assert.Contains("Carbon", result.GetProperty("formats").GetProperty("isolated").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(result.GetProperty("deps").EnumerateArray());
        Assert.Matches("^[0-9a-f]{32}$", result.GetProperty("shell").GetProperty("token").GetString());
    }

    private static Task<IDocument> ParseAsync(string html) =>
        BrowsingContext.New().OpenAsync(request => request.Content(html), TestContext.Current.CancellationToken);

    private static string Meta(IDocument page, string selector) => page.QuerySelector(selector)?.GetAttribute("content") ?? "(none)";

    private static IEnumerable<string> ElementIds() =>
        Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Samples", "Realms", "elements"), "*.json", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file).Contains("\"type\": \"element\"", StringComparison.Ordinal))
            .Select(file => Path.GetFileNameWithoutExtension(file));
}
