using System.Net.Http.Headers;
using System.Text.Json;
using AngleSharp;
using Fleet.Tests.RealmServer;

namespace Fleet.Tests.EndToEnd;

/// <summary>A realm in which much is wrong, indexed by a real fleet: each card's fault stays its own.</summary>
[Collection(HeavyCollection.Name)]
public sealed class BadContentTests
{
    private const string Markup = "</title></script><script>globalThis.broken = 1</script><img src=x onerror=\"globalThis.broken = 1\"><!--fleet:body-->${1}$&";

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Index_CardsOfEveryBadKind_TheRestIsIndexedAndTheBadAreListedWithTheirReasons()
    {
        using var realms = new TempFolder();
        using var host = HostThatThrowsFor("Throw");
        WriteCards(realms);
        await using var fleet = await FleetFixture.StartAsync(
            prerenderServers: 1, new Dictionary<string, string> { ["Realms:Root"] = realms.Path, ["Host:Dist"] = host.Path });

        // A card that a busy machine gave no time is tried again by a later pass.
        var failures = new Dictionary<string, string>();
        await Eventually.TrueAsync(
            async () => new[] { "five-megabytes", "invalid", "throws" }.SequenceEqual((failures = Failures(await fleet.IndexedAsync())).Keys.Order(StringComparer.Ordinal)),
            s_limit,
            () => $"these three to fail and no other; failures are {string.Join(", ", failures)}\n{fleet.Said}");
        Assert.Contains("cannot be read", failures["invalid"], StringComparison.Ordinal);
        Assert.Contains("Thrown by the template", failures["throws"], StringComparison.Ordinal);
        foreach (var card in new[] { "", "injection", "cycle-a", "cycle-b", "missing", "turns", "card-29" })
        {
            Assert.Contains("data-fleet-ssr=\"/bad/", await fleet.GetHtmlAsync(fleet.OnRealm("bad/" + card)), StringComparison.Ordinal);
        }

        using var injected = await BrowsingContext.New().OpenAsync(
            request => request.Content(fleet.GetHtmlAsync(fleet.OnRealm("bad/injection")).GetAwaiter().GetResult()), TestContext.Current.CancellationToken);
        Assert.Empty(injected.QuerySelectorAll("img[onerror], script:not([src])"));
        Assert.Contains(Markup, injected.QuerySelector("#app h1")?.TextContent, StringComparison.Ordinal);

        // One that was good and turns bad: listed, and its last good page stays.
        await PutAsync(fleet, "bad/turns", """{ "title": "Throw" }""");
        await Eventually.TrueAsync(
            async () => Failures(await fleet.IndexedAsync()).ContainsKey("turns"), s_limit, () => $"the card that turned bad to be listed\n{fleet.Said}");
        Assert.Contains("It was good once.", await fleet.GetHtmlAsync(fleet.OnRealm("bad/turns")), StringComparison.Ordinal);
    }

    private static void WriteCards(TempFolder realms)
    {
        realms.Write("bad/realm.json", """{ "name": "Bad" }""");
        realms.Write("bad/index.json", """{ "title": "All", "links": { "all": ["invalid", "throws", "cycle-a"] } }""");
        realms.Write("bad/invalid.json", "{ \"title\": ");
        realms.Write("bad/throws.json", """{ "title": "Throw" }""");
        realms.Write("bad/turns.json", """{ "title": "Turns", "text": ["It was good once."] }""");
        realms.Write("bad/injection.json", JsonSerializer.Serialize(new
        {
            title = Markup, description = Markup, text = new[] { Markup }, attributes = new Dictionary<string, string> { [Markup] = Markup },
            links = new Dictionary<string, string[]> { [Markup] = ["javascript:alert(1)", Markup] },
        }));
        realms.Write("bad/cycle-a.json", """{ "title": "A", "links": { "to": "cycle-b" }, "embeds": { "in": { "format": "embedded", "cards": ["cycle-b"] } } }""");
        realms.Write("bad/cycle-b.json", """{ "title": "B", "links": { "to": "cycle-a" }, "embeds": { "in": { "format": "embedded", "cards": ["cycle-a", "cycle-b"] } } }""");
        realms.Write("bad/missing.json", """{ "title": "Missing", "links": { "to": "no-such-card" }, "embeds": { "in": { "format": "fitted", "cards": ["no-such-card"] } } }""");
        // Below the bound of a card; its page is above what is kept of one.
        realms.Write("bad/five-megabytes.json", JsonSerializer.Serialize(new { title = "Long", text = new[] { new string('x', 5_000_000) } }));
        foreach (var card in Enumerable.Range(0, 30))
        {
            realms.Write($"bad/card-{card}.json", $$"""{ "title": "Card {{card}}", "links": { "next": "card-{{(card + 1) % 30}}" } }""");
        }
    }

    /// <summary>The sample's app, with a template that cannot cope with one title.</summary>
    private static TempFolder HostThatThrowsFor(string title)
    {
        var host = new TempFolder();
        foreach (var file in Directory.GetFiles(Sample.SampleFiles.HostApp, "*", SearchOption.AllDirectories))
        {
            host.Write(Path.GetRelativePath(Sample.SampleFiles.HostApp, file), File.ReadAllText(file));
        }

        const string isolated = "isolated: (card, page) => html`";
        var template = Path.Combine(host.Path, "assets", "templates", "any-card.js");
        var text = File.ReadAllText(template);
        Assert.Contains(isolated, text, StringComparison.Ordinal);
        File.WriteAllText(template, text.Replace(
            isolated, $"isolated: (card, page) => card.title === '{title}' ? (() => {{ throw new Error('Thrown by the template.'); }})() : html`", StringComparison.Ordinal));
        return host;
    }

    private static async Task PutAsync(FleetUnderTest fleet, string path, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, fleet.OnRealm(path)) { Content = new StringContent(json) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", FleetFixture.AdminKey);
        using var response = await fleet.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"PUT {path} answered {(int)response.StatusCode}");
    }

    private static Dictionary<string, string> Failures(JsonElement index) => index.GetProperty("failures").EnumerateArray().ToDictionary(
        failure => new Uri(failure.GetProperty("url").GetString()!).Segments[^1],
        failure => failure.GetProperty("reason").GetString()!,
        StringComparer.Ordinal);
}
