using System.Net.Http.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Tests.Rendering;

/// <summary>The cost of a visit in units that are the same on every machine: commands to the browser, bytes on its pipe, and allocations of the server. A change that makes visits
/// more expensive fails here; one that makes them cheaper should lower the bounds. Times are for <c>Bench</c>.</summary>
[Collection(HeavyCollection.Name)]
public sealed class VisitCostTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Visits = 12;

    private PrerenderServerUnderTest _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await PrerenderServerUnderTest.StartAsync(null, "--Rendering:NoPaint=Off");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Render_WarmHostApp_IsTheRenderAndItsCleanup() =>
        await CostsAsync(new() { Url = _server.Site["elements/hydrogen"].AbsoluteUri, Formats = [RenderFormat.Isolated] }, commands: 2, kilobytes: 4, allocatedKilobytes: 120);

    [Fact]
    public async Task Render_WarmVisitOfAnyApp_StaysWithinItsCommands()
    {
        _server.App.Page("/app", "<!doctype html><title>app</title><div id=root></div><script>root.textContent = 'shown'</script>");
        await CostsAsync(new() { Url = _server.App["app"].AbsoluteUri, Formats = [RenderFormat.Html] }, commands: 20, kilobytes: 26, allocatedKilobytes: 400);
    }

    // The cheapest of several visits: work of the pool in between does not count.
    private async Task CostsAsync(RenderRequest request, int commands, int kilobytes, int allocatedKilobytes)
    {
        var adapter = (ChromiumBrowserAdapter)_server.Services.GetRequiredService<IBrowserAdapter>();
        var costs = new List<(long Commands, double Kilobytes, double Allocated)>();
        for (var i = 0; i < Visits; i++)
        {
            var (traffic, allocated) = (adapter.Traffic, GC.GetTotalAllocatedBytes(precise: true));
            using var response = await _server.Client.PostAsJsonAsync("renders", request, FleetJson.Options, Token);
            var result = await response.Content.ReadFromJsonAsync<RenderResult>(FleetJson.Options, Token);
            var (used, more) = (adapter.Traffic - traffic, GC.GetTotalAllocatedBytes(precise: true) - allocated);
            Assert.Equal(RenderOutcome.Rendered, result!.Outcome);
            if (result.Page!.Warm)
            {
                costs.Add((used.Commands, (used.SentBytes + used.ReceivedBytes) / 1024.0, more / 1024.0));
            }
        }

        output.WriteLine(string.Join('\n', costs));
        Assert.InRange(costs.Count, Visits / 2, Visits);
        Assert.InRange(costs.Min(cost => cost.Commands), 1, commands);
        Assert.InRange(costs.Min(cost => cost.Kilobytes), 0, kilobytes);
        Assert.InRange(costs.Min(cost => cost.Allocated), 0, allocatedKilobytes);
    }
}
