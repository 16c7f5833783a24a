using System.Net.Http.Headers;
using System.Text.Json;
using AngleSharp;

namespace Fleet.Tests.EndToEnd;

/// <summary>A realm with many faulty cards, indexed by a real fleet: a faulty card affects no other.</summary>
[Collection(ContentFleetCollection.Name)]
public sealed class BadContentTests(ContentFleet fixture)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Index_CardsOfEveryBadKind_TheRestIsIndexedAndTheBadAreListedWithTheirReasons()
    {
        var fleet = fixture.Fleet;

        // A card that timed out on a busy machine is rendered again by a later pass.
        var failures = new Dictionary<string, string>();
        await Eventually.TrueAsync(
            async () => new[] { "five-megabytes", "invalid", "throws" }.SequenceEqual((failures = Failures(await fleet.IndexedAsync())).Keys.Order(StringComparer.Ordinal)),
            s_limit,
            () => $"these three to fail and no other; failures are {string.Join(", ", failures)}\n{fleet.Output}");
        Assert.Contains("cannot be read", failures["invalid"], StringComparison.Ordinal);
        Assert.Contains("Thrown by the template", failures["throws"], StringComparison.Ordinal);
        foreach (var card in new[] { "", "injection", "cycle-a", "cycle-b", "missing", "turns", "card-29" })
        {
            Assert.Contains("data-fleet-ssr=\"/bad/", await fleet.GetHtmlAsync(fleet.OnRealm("bad/" + card)), StringComparison.Ordinal);
        }

        using var injected = await BrowsingContext.New().OpenAsync(
            request => request.Content(fleet.GetHtmlAsync(fleet.OnRealm("bad/injection")).GetAwaiter().GetResult()), TestContext.Current.CancellationToken);
        Assert.Empty(injected.QuerySelectorAll("img[onerror], script:not([src])"));
        Assert.Contains(BadRealm.Markup, injected.QuerySelector("#app h1")?.TextContent, StringComparison.Ordinal);

        // A good card that becomes faulty is listed, and its last good page stays.
        await PutAsync(fleet, "bad/turns", """{ "title": "Throw" }""");
        await Eventually.TrueAsync(
            async () => Failures(await fleet.IndexedAsync()).ContainsKey("turns"), s_limit, () => $"the card that became faulty to be listed\n{fleet.Output}");
        Assert.Contains("It was good once.", await fleet.GetHtmlAsync(fleet.OnRealm("bad/turns")), StringComparison.Ordinal);
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
