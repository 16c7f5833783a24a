using Microsoft.Playwright;

namespace Fleet.Tests.Sample;

/// <summary>A visitor's browser gets a prerendered page, and the host app takes it over without a visible change.</summary>
[Collection(SampleCollection.Name)]
public sealed class TakeOverTests(SampleSite site) : IAsyncDisposable
{
    private const string Watch = """
        globalThis.mutations = [];
        globalThis.shift = 0;
        new PerformanceObserver((list) => { for (const entry of list.getEntries()) globalThis.shift += entry.value; }).observe({ type: 'layout-shift', buffered: true });
        document.addEventListener('DOMContentLoaded', () => new MutationObserver((list) => {
          for (const { type, target } of list) globalThis.mutations.push(`${type} of ${target.nodeName}`);
        }).observe(document.documentElement, { subtree: true, childList: true, attributes: true, characterData: true }));
        """;

    public ValueTask DisposeAsync() => site.CloseAllAsync();

    [Theory]
    [InlineData("elements", "")]
    [InlineData("elements", "hydrogen")]
    [InlineData("lighthouses", "")]
    [InlineData("lighthouses", "cape-hatteras")]
    public async Task PrerenderedPage_Opened_IsAdoptedUntouched(string realm, string card)
    {
        await site.PrerenderAsync(realm, card);
        var (page, errors) = await WatchedAsync();

        // The app's only request: whether the card is unchanged.
        var revalidation = await page.RunAndWaitForResponseAsync(
            () => page.GotoAsync($"{site.Url}{realm}/{card}"), response => response.Request.Headers.ContainsKey("if-none-match"));
        await page.EvaluateAsync("() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))");

        Assert.Equal(304, revalidation.Status);
        Assert.Empty(await page.EvaluateAsync<string[]>("() => mutations"));
        Assert.Equal(0, await page.EvaluateAsync<double>("() => shift"));
        Assert.Empty(errors);
    }

    [Fact]
    public async Task PrerenderedPage_WithoutScripts_ShowsTheCard()
    {
        await site.PrerenderAsync("elements", "helium");

        using var client = new HttpClient();
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        var html = await client.GetStringAsync(new Uri(site.Url + "elements/helium"), TestContext.Current.CancellationToken);

        Assert.Contains("<title data-fleet-head>Helium · Elements</title>", html, StringComparison.Ordinal);
        Assert.Contains($"<link data-fleet-head rel=\"canonical\" href=\"{site.Url}elements/helium\">", html, StringComparison.Ordinal);
        Assert.Contains("Helium was seen in the spectrum of the Sun", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PrerenderedPage_OfCardThatChanged_IsRenderedAgain()
    {
        site.Write("lighthouses", "moving", """{ "title": "Where it was" }""");
        await site.PrerenderAsync("lighthouses", "moving");
        site.Write("lighthouses", "moving", """{ "title": "Where it is" }""");
        var page = await site.OpenAsync();

        await page.GotoAsync(site.Url + "lighthouses/moving");

        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Where it is");
        await Assertions.Expect(page).ToHaveTitleAsync("Where it is · Lighthouses");
    }

    [Fact]
    public async Task PrerenderedTable_Adopted_CanBeSearched()
    {
        await site.PrerenderAsync("elements", "");
        var page = await site.OpenAsync();
        await page.GotoAsync(site.Url + "elements/");

        await page.Locator("input[type=search]").FillAsync("noble");

        await Assertions.Expect(page.Locator("output")).ToHaveTextAsync("6 of 118");
        await Assertions.Expect(page.Locator(".ptable li:not([data-dim])")).ToHaveCountAsync(6);
    }

    [Fact]
    public async Task Link_Followed_ChangesPageHeadAndAddressInPlace()
    {
        var (page, errors) = await WatchedAsync();
        await page.GotoAsync(site.Url + "elements/gold");
        await page.EvaluateAsync("() => { globalThis.sameDocument = true; }");

        await page.GetByRole(AriaRole.Link, new() { Name = "Next Mercury" }).ClickAsync();

        await Assertions.Expect(page).ToHaveTitleAsync("Mercury · Elements");
        await Assertions.Expect(page).ToHaveURLAsync(site.Url + "elements/mercury");
        await Assertions.Expect(page.Locator("h1")).ToBeFocusedAsync();
        await Assertions.Expect(page.Locator("link[rel=canonical]")).ToHaveAttributeAsync("href", site.Url + "elements/mercury");
        Assert.True(await page.EvaluateAsync<bool>("() => globalThis.sameDocument === true"));
        await page.GoBackAsync();
        await Assertions.Expect(page).ToHaveTitleAsync("Gold · Elements");
        Assert.Empty(errors);
    }

    [Fact]
    public async Task LivePage_InTheBrowser_IsWhatIsolatedSays()
    {
        var standby = await site.OpenStandbyAsync();
        var isolated = (await site.RenderAsync(standby, "elements/gold")).GetProperty("formats").GetProperty("isolated").GetString()!;
        var page = await site.OpenAsync();
        await page.GotoAsync(site.Url + "elements/gold");
        await page.Locator("h1").WaitForAsync();

        // Compared after parsing, since the serializer writes some markup differently from the template.
        var parsed = await standby.EvaluateAsync<string>("(markup) => { const root = document.createElement('div'); root.innerHTML = markup; return root.innerHTML; }", isolated);
        Assert.Equal(parsed, await page.Locator("#app").InnerHTMLAsync());
    }

    [Fact]
    public async Task TryAgain_ServiceIsBack_ShowsThePage()
    {
        var page = await site.OpenAsync();
        await page.RouteAsync("**/_realms", route => route.FulfillAsync(new() { Status = 503 }));
        await page.GotoAsync(site.Url + "elements/gold");
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("This page cannot be shown now");
        await page.UnrouteAllAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Try again" }).ClickAsync();

        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Gold");
    }

    [Fact]
    public async Task Page_WhoseTemplateThrows_SaysSo()
    {
        var page = await site.OpenAsync();
        // A template of a faulty version.
        await page.RouteAsync("**/templates/element.js", async route =>
        {
            var response = await route.FetchAsync();
            var text = await response.TextAsync();
            await route.FulfillAsync(new() { Response = response, Body = text.Replace("isolated", "isolated() { throw new Error('a template threw'); }, unused", StringComparison.Ordinal) });
        });
        await page.GotoAsync(site.Url + "elements/gold");

        await Assertions.Expect(page.Locator(".lead")).ToContainTextAsync("a template threw");
    }

    [Fact]
    public async Task PathOfTwoSlashes_Read_StaysOnTheSite()
    {
        var page = await site.OpenAsync();
        List<string> elsewhere = [];
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(site.Url, StringComparison.Ordinal))
            {
                elsewhere.Add(request.Url);
            }
        };
        await page.GotoAsync(site.Url + "/elsewhere.invalid/x");

        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("There is no such card");
        Assert.Empty(elsewhere);
    }

    private async Task<(IPage Page, List<string> Errors)> WatchedAsync()
    {
        var page = await site.OpenAsync();
        await page.AddInitScriptAsync(Watch);
        List<string> errors = [];
        page.PageError += (_, error) => errors.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                errors.Add(message.Text);
            }
        };
        return (page, errors);
    }
}
