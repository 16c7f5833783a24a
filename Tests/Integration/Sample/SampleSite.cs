using System.Text.Json;
using Fleet.BrowserSetup;
using Fleet.Contracts;
using Fleet.RealmServer;
using Fleet.Registry;
using Fleet.Registry.Pages;
using Fleet.Tests.InMemory;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Playwright;

namespace Fleet.Tests.Sample;

/// <summary>The sample on a real realm server, with a copy of its realms that tests may change, and a real browser.</summary>
public sealed class SampleSite : IAsyncLifetime
{
    /// <summary>Every format of a cooperative host.</summary>
    internal static readonly string[] Formats = ["isolated", "embedded", "fitted", "atom", "head", "icon", "markdown"];

    private readonly InMemoryRegistry _registry = new(TimeProvider.System, NullLoggerFactory.Instance);
    private readonly string _realms = Directory.CreateTempSubdirectory("fleet-sample-").FullName;
    private WebApplication _server = null!;
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    /// <summary>Ends with a slash.</summary>
    public string Url { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        foreach (var realm in SampleFiles.RealmNames)
        {
            var copy = Directory.CreateDirectory(Path.Combine(_realms, realm)).FullName;
            foreach (var file in Directory.GetFiles(Path.Combine(SampleFiles.Realms, realm)))
            {
                File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            }
        }

        HostileRealm.Write(Directory.CreateDirectory(Path.Combine(_realms, HostileRealm.Name)).FullName);
        _server = RealmServerApp.Build(
            ["--urls=http://127.0.0.1:0", $"--Realms:Root={_realms}", $"--Host:Dist={SampleFiles.HostApp}", "--Index:Enabled=false", "--Fleet:StopNotice=00:00:00"],
            builder =>
            {
                builder.Logging.ClearProviders();
                builder.Services.AddFleetRegistry(_registry);
            });
        await _server.StartAsync(TestContext.Current.CancellationToken);
        Url = _server.Urls.Single() + "/";
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = BrowserLocator.Locate(null),
            ChromiumSandbox = !Environment.IsPrivilegedProcess,
        });
    }

    /// <summary>Writes a card of a realm anew.</summary>
    public void Write(string realm, string card, string json) => File.WriteAllText(Path.Combine(_realms, realm, card + ".json"), json);

    /// <summary>A page in a context of its own.</summary>
    public async Task<IPage> OpenAsync()
    {
        var context = await _browser.NewContextAsync();
        context.SetDefaultTimeout(10_000);
        return await context.NewPageAsync();
    }

    /// <summary>A page that has booted the host app, as a standby of a prerender server.</summary>
    public async Task<IPage> OpenStandbyAsync()
    {
        var page = await OpenAsync();
        await page.GotoAsync(Url + "_standby");
        await page.EvaluateAsync("() => fleet.ready");
        return page;
    }

    /// <summary>Calls the host contract.</summary>
    /// <param name="standby">A standby page.</param>
    /// <param name="path">Path of the page to render.</param>
    public async Task<JsonElement> RenderAsync(IPage standby, string path) => JsonElement.Parse(await standby.EvaluateAsync<string>(
        "async (request) => JSON.stringify(await fleet.render(request))",
        new { id = path, url = new Uri(new Uri(Url), path).AbsoluteUri, formats = Formats, lineage = "lineage-1" }));

    /// <summary>Renders a card and stores it, so that the realm server serves it prerendered. Returns the markup of its body.</summary>
    public async Task<string> PrerenderAsync(string realm, string card)
    {
        var standby = await OpenStandbyAsync();
        var answer = await RenderAsync(standby, $"{realm}/{card}");
        var formats = answer.GetProperty("formats").Deserialize<Dictionary<RenderFormat, string>>(FleetJson.Options)!;
        await _registry.Pages.TryStoreAsync(new StoredPage
        {
            Realm = $"{Url}{realm}/",
            Url = $"{Url}{realm}/{card}",
            Status = answer.GetProperty("status").GetInt32(),
            Formats = formats,
            SourceVersion = DateTime.UnixEpoch.Ticks,
            Generation = 1,
            ShellToken = "",
            RenderedAt = DateTimeOffset.UnixEpoch,
            ETag = "prerendered",
        }, TestContext.Current.CancellationToken);
        return formats[RenderFormat.Isolated];
    }

    /// <summary>Closes the pages of a test.</summary>
    public async ValueTask CloseAllAsync()
    {
        foreach (var context in _browser.Contexts.ToList())
        {
            await context.CloseAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        await _server.DisposeAsync();
        Directory.Delete(_realms, recursive: true);
    }
}
