using System.Text.Json;

namespace Fleet.Tests.Sample;

/// <summary>The sample's host app implements the host contract, in a real browser.</summary>
[Collection(SampleCollection.Name)]
public sealed class HostContractTests(SampleSite site) : IAsyncDisposable
{
    public static TheoryData<string> HostileCards => [.. HostileRealm.Cards];

    public ValueTask DisposeAsync() => site.CloseAllAsync();

    [Fact]
    public async Task Standby_Booted_ShowsNothing()
    {
        var page = await site.OpenStandbyAsync();

        Assert.Equal("<!--fleet:body-->", await page.Locator("#app").InnerHTMLAsync());
        Assert.Equal(["render", "extract", "stage"], await page.EvaluateAsync<string[]>("() => fleet.capabilities"));
    }

    [Fact]
    public async Task Render_EveryCardOfTheSample_HasEveryFormat()
    {
        var page = await site.OpenStandbyAsync();
        foreach (var (realm, card) in SampleFiles.RealmNames.SelectMany(realm => SampleFiles.Cards(realm).Keys.Select(card => (realm, card))))
        {
            var path = $"{realm}/{(card == "index" ? "" : card)}";
            var answer = await site.RenderAsync(page, path);

            Assert.False(answer.TryGetProperty("error", out var error), $"{path}: {error}");
            Assert.Equal(200, answer.GetProperty("status").GetInt32());
            Assert.All(SampleSite.Formats, format => Assert.NotEmpty(answer.GetProperty("formats").GetProperty(format).GetString()!));
            Assert.Contains(site.Url + path, answer.GetProperty("deps").EnumerateArray().Select(dep => dep.GetString()));
        }
    }

    [Fact]
    public async Task Render_Overview_EmbedsAllElementsAndDependsOnThem()
    {
        var answer = await site.RenderAsync(await site.OpenStandbyAsync(), "elements/");

        var body = answer.GetProperty("formats").GetProperty("isolated").GetString()!;
        var deps = answer.GetProperty("deps").EnumerateArray().Select(dep => dep.GetString()).ToHashSet();
        Assert.Equal(118, body.Split("class=\"element-tile\"").Length - 1);
        Assert.All(CardReferences.Embeds(SampleFiles.Cards("elements")["index"]), id => Assert.Contains($"{site.Url}elements/{id}", deps));
    }

    [Fact]
    public async Task Render_AfterOtherVisits_IsTheSame()
    {
        var page = await site.OpenStandbyAsync();
        var before = await site.RenderAsync(page, "elements/gold");
        foreach (var path in (string[])["elements/", "lighthouses/fastnet", "hostile/element", "elements/unobtainium", "nowhere/", ""])
        {
            await site.RenderAsync(page, path);
        }

        Assert.Equal(before.GetRawText(), (await site.RenderAsync(page, "elements/gold")).GetRawText());
    }

    [Fact]
    public async Task Render_CardThatChanged_ShowsTheChange()
    {
        var page = await site.OpenStandbyAsync();
        site.Write("lighthouses", "changing", """{ "title": "Before" }""");
        var before = await site.RenderAsync(page, "lighthouses/changing");
        site.Write("lighthouses", "changing", """{ "title": "After" }""");
        var after = await site.RenderAsync(page, "lighthouses/changing");

        Assert.Contains("Before", Atom(before), StringComparison.Ordinal);
        Assert.Contains("After", Atom(after), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_WithLineage_SendsItWithEveryRequest()
    {
        var page = await site.OpenStandbyAsync();
        List<string?> lineages = [];
        page.Request += (_, request) => lineages.Add(request.Headers.GetValueOrDefault("x-fleet-lineage"));

        await site.RenderAsync(page, "elements/gold");

        Assert.Equal(["lineage-1", "lineage-1", "lineage-1"], lineages);
    }

    [Theory]
    [InlineData("elements/unobtainium")]
    [InlineData("nowhere/gold")]
    public async Task Render_CardThatIsNot_Answers404(string path)
    {
        var answer = await site.RenderAsync(await site.OpenStandbyAsync(), path);

        Assert.Equal(404, answer.GetProperty("status").GetInt32());
        Assert.Contains("noindex", answer.GetProperty("formats").GetProperty("head").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_CardThatIsNoJson_IsTheContentsError()
    {
        site.Write("lighthouses", "torn", "{ nope");

        var answer = await site.RenderAsync(await site.OpenStandbyAsync(), "lighthouses/torn");

        Assert.Equal("content", answer.GetProperty("error").GetProperty("kind").GetString());
        Assert.Contains("lighthouses/torn", answer.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_WhenAnotherBegins_IsSuperseded()
    {
        var page = await site.OpenStandbyAsync();

        var kinds = await page.EvaluateAsync<string>("""
            async (base) => {
              const visit = (id) => fleet.render({ id, url: base + 'elements/' + id, formats: ['atom'] });
              const answers = await Promise.all([visit('gold'), visit('iron')]);
              return answers.map((answer) => answer.error?.kind ?? answer.status).join();
            }
            """, site.Url);

        Assert.Equal("superseded,200", kinds);
    }

    [Theory]
    [MemberData(nameof(HostileCards))]
    public async Task Render_HostileCard_StaysText(string card)
    {
        var page = await site.OpenStandbyAsync();
        var answer = await site.RenderAsync(page, $"{HostileRealm.Name}/{(card == "index" ? "" : card)}");
        Assert.False(answer.TryGetProperty("error", out var error), error.ToString());

        foreach (var format in SampleSite.Formats.Except(["markdown"]))
        {
            // Parsed and inserted as the realm server's answer would be, in a document where scripts run.
            var found = await page.EvaluateAsync<string[]>("""
                async (markup) => {
                  const range = document.createRange();
                  range.selectNode(document.body);
                  document.body.replaceChildren(range.createContextualFragment(markup));
                  await new Promise((resolve) => setTimeout(resolve));
                  const urls = [...document.body.querySelectorAll('[href],[src],[action]')].flatMap((e) => [e.getAttribute('href'), e.getAttribute('src'), e.getAttribute('action')]);
                  return [
                    ...[...document.body.querySelectorAll('script,img,iframe,object,embed,base')].map((e) => e.outerHTML),
                    ...[...document.body.querySelectorAll('*')].flatMap((e) => e.getAttributeNames().filter((name) => name.startsWith('on'))),
                    ...urls.filter((url) => url !== null && !/^https?:$/.test(new URL(url, location.href).protocol)),
                    ...(globalThis.broken ? [`script ${globalThis.broken} ran`] : []),
                  ];
                }
                """, answer.GetProperty("formats").GetProperty(format).GetString());
            Assert.True(found.Length == 0, $"{card}, {format}: {string.Join(" | ", found)}");
        }
    }

    private static string Atom(JsonElement answer) => answer.GetProperty("formats").GetProperty("atom").GetString()!;
}

[CollectionDefinition(Name)]
public sealed class SampleCollection : ICollectionFixture<SampleSite>
{
    public const string Name = "sample in a browser";
}
