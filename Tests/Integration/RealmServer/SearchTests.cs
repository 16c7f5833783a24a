using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.RealmServer.Site.Search;
using Fleet.Registry.Pages;

namespace Fleet.Tests.RealmServer;

public sealed class SearchTests
{
    [Theory]
    [InlineData("hydrogen", "hydrogen water")]
    [InlineData("HYDRO", "hydrogen water")]
    [InlineData("lightest element", "hydrogen")]
    [InlineData("element", "helium hydrogen")]
    [InlineData("drogen", "")]
    [InlineData("CAFÉ", "water")]
    [InlineData("1.008", "hydrogen")]
    [InlineData("<script>", "")]
    public async Task Search_Words_FindsPagesThatHaveAllBestFirst(string query, string expected)
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        await StoreAsync(server, "hydrogen", new { title = "Hydrogen", description = "The lightest element.", text = "", attributes = new { mass = 1.008 } });
        await StoreAsync(server, "helium", new { title = "Helium", description = "", text = "An element of balloons." });
        await StoreAsync(server, "water", new { title = "Water", description = "", text = "Two of hydrogen. Sold in every Café." });
        await StoreAsync(server, "odd", "no object");

        var answer = await server.Client.GetFromJsonAsync<JsonElement>($"_search?q={Uri.EscapeDataString(query)}", TestContext.Current.CancellationToken);

        var found = answer.GetProperty("results").EnumerateArray().Select(hit => hit.GetProperty("url").GetString()![server.RealmUrl.Length..]).ToList();
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(), found.Order());
        Assert.Equal(found.Count, answer.GetProperty("total").GetInt32());
        if (found.Contains("hydrogen"))
        {
            Assert.Equal("hydrogen", found[0]);
        }
    }

    [Theory]
    [InlineData("_search", HttpStatusCode.BadRequest)]
    [InlineData("_search?q=%20", HttpStatusCode.BadRequest)]
    [InlineData("_search?q=a&limit=0", HttpStatusCode.BadRequest)]
    [InlineData("_search?q=a&limit=101", HttpStatusCode.BadRequest)]
    [InlineData("_search?q=a&realm=nowhere", HttpStatusCode.NotFound)]
    [InlineData("_search?q=a&realm=elements&limit=5", HttpStatusCode.OK)]
    public async Task Search_Bounds_AreNamed(string path, HttpStatusCode expected)
    {
        await using var server = await new RealmServerUnderTest().StartAsync();

        Assert.Equal(expected, (await server.GetAsync(path, "application/json")).StatusCode);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("""{"searchDoc":null}""")]
    [InlineData("""{"searchDoc":{"title":7}}""")]
    public void Document_Unusable_IsNull(string json) => Assert.Null(SearchDocument.Read("u", "r", json));

    [Fact]
    public async Task Robots_OwnFileOfTheApp_ComesFirst()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        Assert.Contains($"Sitemap: {server.Url}sitemap.xml", await (await server.GetAsync("robots.txt", "*/*")).Content.ReadAsStringAsync(), StringComparison.Ordinal);

        server.Dist.Write("robots.txt", "User-agent: *\nDisallow: /\n");

        Assert.Equal("User-agent: *\nDisallow: /\n", await (await server.GetAsync("robots.txt", "*/*")).Content.ReadAsStringAsync());
    }

    private static Task<bool> StoreAsync(RealmServerUnderTest server, string id, object searchDoc) => server.Registry.Pages.TryStoreAsync(
        Page(server.RealmUrl, server.RealmUrl + id, 200) with { Data = JsonSerializer.Serialize(new { searchDoc }) }, TestContext.Current.CancellationToken);

    private static StoredPage Page(string realm, string url, int status) => new()
    {
        Realm = realm,
        Url = url,
        Status = status,
        Formats = new Dictionary<RenderFormat, string>(),
        SourceVersion = 1,
        Generation = 1,
        ShellToken = "t",
        RenderedAt = DateTimeOffset.UnixEpoch,
        ETag = "e",
    };
}
