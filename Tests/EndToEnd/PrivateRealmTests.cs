using System.Net;
using System.Net.Http.Json;
using System.Text;
using Fleet.Contracts;
using Fleet.RealmServer.Content;
using Microsoft.Extensions.Options;

namespace Fleet.Tests.EndToEnd;

/// <summary>A private realm and a public one on a real fleet: the private one is prerendered for clients that have its key and visible to no other,
/// the public one has its screenshots.</summary>
[Collection(ContentFleetCollection.Name)]
public sealed class PrivateRealmTests(ContentFleet fixture)
{
    private const string Key = ContentFleet.Key;

    private const string Secret = ContentFleet.Secret;

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Realms_PrivateAndPublic_AreVisibleToTheirReadersOnly()
    {
        var fleet = fixture.Fleet;
        var plan = fleet.OnRealm("secret/plan");

        await Eventually.TrueAsync(
            async () => (await fleet.IndexedAsync()).GetProperty("total").GetInt32() == fixture.PublicCards && await StatusAsync(fleet, plan, Key) == HttpStatusCode.OK,
            s_limit,
            () => $"all cards to be indexed, of which a client without the key counts the {fixture.PublicCards} public ones\n{fleet.Output}");
        var (status, html) = await GetAsync(fleet, plan, Key);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("data-fleet-ssr=\"/secret/plan\"", html, StringComparison.Ordinal);
        Assert.Contains(Secret, html, StringComparison.Ordinal);
        Assert.Contains(">Hidden</a>", html, StringComparison.Ordinal);

        await NothingIsToldAsync(fleet, plan);
        await ScreenshotIsThereAsync(fleet);
    }

    // Every route that a client without the key could try, including the warm page that has just shown the realm.
    private static async Task NothingIsToldAsync(FleetUnderTest fleet, Uri plan)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(fleet, plan, key: null)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(fleet, plan, "wrong-wrong-wrong-wrong")).Status);
        foreach (var url in new[] { "", "_realms", "_index", "_search?q=password", "sitemap.xml", "_screenshots/secret/plan.jpg" })
        {
            Assert.DoesNotContain(Secret, (await GetAsync(fleet, fleet.OnRealm(url), key: null)).Text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(Secret, (await GetAsync(fleet, fleet.OnManager("render?url=" + Uri.EscapeDataString(plan.AbsoluteUri)), key: null)).Text, StringComparison.Ordinal);
        var scope = new ReadKeys(Options.Create(new RealmsOptions { ReadKeys = new() { ["secret"] = Key } })).Scopes["secret"];
        foreach (var credentials in new RenderCredentials?[] { null, new() { Authorization = "Bearer wrong-wrong-wrong-wrong" } })
        {
            var request = new RenderRequest { Url = plan.AbsoluteUri, Affinity = $"realm:{fleet.OnRealm("secret/")}#{scope}", Credentials = credentials };
            // Even an operator cannot see through the page what earlier renders showed in it.
            foreach (var adminKey in new[] { null, FleetFixture.AdminKey })
            {
                using var post = new HttpRequestMessage(HttpMethod.Post, fleet.OnManager("renders")) { Content = JsonContent.Create(request, options: FleetJson.Options) };
                post.Headers.Authorization = adminKey is null ? null : new("Bearer", adminKey);
                using var response = await fleet.Client.SendAsync(post, TestContext.Current.CancellationToken);
                Assert.Equal(adminKey is null ? HttpStatusCode.Unauthorized : HttpStatusCode.OK, response.StatusCode);
                Assert.DoesNotContain(Secret, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
            }
        }

        Assert.DoesNotContain(Key, (await GetAsync(fleet, fleet.OnManager("fleet"), key: null)).Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, fleet.Output, StringComparison.Ordinal);
    }

    private static async Task ScreenshotIsThereAsync(FleetUnderTest fleet)
    {
        const string Tag = "property=\"og:image\" content=\"";
        var html = "";
        await Eventually.TrueAsync(
            async () => (html = await fleet.GetHtmlAsync(fleet.OnRealm("open/"))).Contains(Tag, StringComparison.Ordinal), s_limit, () => $"a screenshot of the public card\n{html}\n{fleet.Output}");

        using var response = await fleet.Client.GetAsync(new Uri(html.Split(Tag)[1].Split('"')[0]), TestContext.Current.CancellationToken);
        var screenshot = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal("image/jpeg", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal([0xFF, 0xD8, 0xFF], screenshot[..3]);
        Assert.True(screenshot.Length > 5_000, $"A screenshot with something on it has more than {screenshot.Length} bytes.");
    }

    private static async Task<HttpStatusCode> StatusAsync(FleetUnderTest fleet, Uri url, string? key) => (await GetAsync(fleet, url, key)).Status;

    private static async Task<(HttpStatusCode Status, string Text)> GetAsync(FleetUnderTest fleet, Uri url, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Accept.ParseAdd("text/html");
        if (key is not null)
        {
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("reader:" + key)));
        }

        using var response = await fleet.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
