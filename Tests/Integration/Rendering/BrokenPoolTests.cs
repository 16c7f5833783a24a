using System.Net.Http.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer;
using Fleet.PrerenderServer.Browser;
using Fleet.PrerenderServer.Browser.Processes;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.Registry;
using Fleet.ServiceDefaults;
using Fleet.Tests.Browser;
using Fleet.Tests.InMemory;
using Fleet.Tests.Pool;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Fleet.Tests.Rendering;

/// <summary>A whole prerender server, run as its process runs it, whose pool breaks an invariant.</summary>
public sealed class BrokenPoolTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_PoolBreaks_EndsWithANonZeroExitCodeWhatRunsAsNoVerdictAndNoBrowser()
    {
        await using var site = await TestSite.StartAsync();
        var never = new TaskCompletionSource();
        site.Routes["/elements/read.json"] = async _ => await never.Task;
        var registry = new InMemoryRegistry(TimeProvider.System, NullLoggerFactory.Instance);
        WebApplication app = null!;
        var exit = FleetHost.RunAsync("prerender", [], _ => app = PrerenderServerApp.Build(
            ["--urls=http://127.0.0.1:0", "--environment=Development", $"--services:realm:http:0={site.Url}", "--Pool:Slots=3", "--Registration:Name=prerender-test"],
            builder =>
            {
                builder.Services.AddFleetRegistry(registry)
                    .AddSingleton<PoolRules>(static services => new BrokenRules(services.GetRequiredService<IOptions<PoolOptions>>().Value));
                builder.Logging.ClearProviders();
            }));
        var profiles = ((ChromiumBrowserAdapter)app.Services.GetRequiredService<IBrowserAdapter>()).ProfileFolder;
        await Eventually.Async(() => app.Urls.All(url => !url.EndsWith(":0", StringComparison.Ordinal)), "the server listens");
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        await ServerFixture.HealthyAsync(client);
        var held = RenderAsync(client, site["elements/fetches"], "user:held");
        await Eventually.Async(() => site.Hits("/elements/read.json") == 1, "the render that is held is under way");

        await RenderAsync(client, site["elements/x"], "user:breaks");

        Assert.Equal(RenderOutcome.NoVerdict, (await held).Outcome);
        Assert.Equal(FleetHost.Broken, await exit.WaitAsync(TimeSpan.FromSeconds(30), Token));
        Assert.Empty(await registry.Servers.ListAsync(Token));
        Assert.False(Directory.Exists(profiles), $"{profiles} is left.");
        if (OperatingSystem.IsLinux())
        {
            Assert.DoesNotContain(LinuxProcess.All(), process => process.Arguments().Any(argument => argument.Contains(profiles, StringComparison.Ordinal)));
        }
    }

    private static async Task<RenderResult> RenderAsync(HttpClient client, Uri url, string affinity)
    {
        using var response = await client.PostAsJsonAsync("renders", new RenderRequest { Url = url.AbsoluteUri, Affinity = affinity }, FleetJson.Options, Token);
        var body = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {body}");
        return (await response.Content.ReadFromJsonAsync<RenderResult>(FleetJson.Options, Token))!;
    }
}
