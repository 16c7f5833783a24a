using System.Net.Http.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.Tests.Browser;
using Fleet.Tests.InMemory;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.Rendering;

/// <summary>The first render of an affinity without a standby: a page of any app is navigated to at once, and the host app is booted only for renders that need it.</summary>
[Collection(ServerCollection.Name)]
public sealed class ColdVisitTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Render_OtherAppsPagesWithoutAStandby_BootsNoHostApp()
    {
        await using var site = await TestSite.StartAsync();
        await using var app = await TestSite.StartAsync();
        await using var server = await StartAsync(site, "--Fleet:AllowedOrigins:0=" + app.Url.GetLeftPart(UriPartial.Authority));
        using var client = new HttpClient { BaseAddress = new Uri(server.Urls.Single()) };
        await RenderTogetherAsync(client, app, "user:a", "user:b", "user:c", "user:d");
        Assert.Equal(0, site.Hits("/_standby"));

        // While the page of user:d is cleaned up, another one would be created, and both would boot.
        await Eventually.Async(() => !server.Services.GetRequiredService<IPagePool>().Snapshot.Slots.Any(slot => slot.State == SlotState.Leased), "no page is used");
        var card = await RenderAsync(client, new() { Url = site["elements/gold"].AbsoluteUri, Affinity = "user:d" });
        Assert.Equal("<i>atom of gold</i>", card.Formats.GetValueOrDefault(RenderFormat.Atom));
        Assert.Equal(1, site.Hits("/_standby"));
        await server.StopAsync(Token);
    }

    [Fact]
    public async Task Render_PagesOfASiteWithoutTheContract_BootsNoHostAppOnceThatIsKnown()
    {
        await using var site = await TestSite.StartAsync();
        site.Shell = TestPages.Plain;
        await using var server = await StartAsync(site);
        using var client = new HttpClient { BaseAddress = new Uri(server.Urls.Single()) };
        site.Page("/first", "<p>first</p>");
        Assert.Contains("first", (await RenderAsync(client, new() { Url = site["first"].AbsoluteUri, Affinity = "user:a" })).Formats[RenderFormat.Html], StringComparison.Ordinal);
        await RenderTogetherAsync(client, site, "user:b", "user:c", "user:d", "user:e");
        Assert.Equal(1, site.Hits("/_standby"));
        await server.StopAsync(Token);
    }

    /// <summary>Renders a page once per affinity; no answer is sent before all are requested.</summary>
    private static async Task RenderTogetherAsync(HttpClient client, TestSite app, params string[] affinities)
    {
        var (asked, all) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        app.Routes["/held"] = async http =>
        {
            if (Interlocked.Increment(ref asked) == affinities.Length)
            {
                all.SetResult();
            }

            await all.Task.WaitAsync(TimeSpan.FromSeconds(20), http.RequestAborted);
            http.Response.ContentType = "text/html";
            await http.Response.WriteAsync("<p>held</p>");
        };
        var results = await Task.WhenAll(affinities.Select(affinity => RenderAsync(client, new() { Url = app["held"].AbsoluteUri, Affinity = affinity, DeadlineMs = 30_000 })));
        Assert.All(results, result => Assert.Contains("held", result.Formats.GetValueOrDefault(RenderFormat.Html) ?? result.Diagnostics?.Message, StringComparison.Ordinal));
        Assert.Equal(affinities.Length, app.Hits("/held"));
    }

    private static async Task<WebApplication> StartAsync(TestSite site, params string[] settings)
    {
        var registry = new InMemoryRegistry(TimeProvider.System, NullLoggerFactory.Instance);
        await registry.HostShells.ClaimAsync(new("token-a", "test", DateTimeOffset.UnixEpoch), Token);
        var server = ServerFixture.Start(registry, site, ["--Pool:MaxDepth=0", "--Pool:HighPrioritySlots=0", "--Pool:Slots=6", "--Pool:MinStandby=0", .. settings]);
        await server.StartAsync(Token);
        return server;
    }

    private static async Task<RenderResult> RenderAsync(HttpClient client, RenderRequest request)
    {
        using var response = await client.PostAsJsonAsync("renders", request, FleetJson.Options, Token);
        return (await response.Content.ReadFromJsonAsync<RenderResult>(FleetJson.Options, Token))!;
    }
}
