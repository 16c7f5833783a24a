using Fleet.Contracts;
using Microsoft.Playwright;

namespace Fleet.Tests.Manager;

/// <summary>A manager of the test and a real browser in which its fleet page is opened.</summary>
public abstract class FleetPageTestBase(OperatorBrowser browser) : IClassFixture<OperatorBrowser>, IAsyncLifetime
{
    protected static LocatorAssertionsToHaveTextOptions SoonText { get; } = new() { Timeout = 30_000 };

    protected static LocatorAssertionsToContainTextOptions SoonPart { get; } = new() { Timeout = 30_000 };

    protected static LocatorAssertionsToHaveCountOptions SoonCount { get; } = new() { Timeout = 30_000 };

    protected OperatorBrowser Browser { get; } = browser;

    private protected ManagerUnderTest Manager { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Manager = await ManagerUnderTest.StartAsync("--Manager:ProbeInterval=00:00:00.200", "--Manager:ProbeTimeout=00:00:01", "--Manager:OperatorTimeout=00:00:03");

    public async ValueTask DisposeAsync()
    {
        await Browser.CloseAllAsync();
        Browser.Errors.Clear();
        await Manager.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected static ServerRecord Busy(ServerRecord record) => record with
    {
        Browser = "HeadlessChrome/149.0.7827.55",
        MemoryMb = 812,
        SlotStates =
        [
            new(1, "idle") { Affinity = "realm:" + ManagerUnderTest.Realm, AgeSeconds = 4000, Renders = 12, MemoryMb = 81, Shell = "abc123" },
            new(2, "leased") { Affinity = "realm:" + ManagerUnderTest.Realm, AgeSeconds = 40, Renders = 3, MemoryMb = 77, Shell = "abc123" },
            new(3, "standby") { AgeSeconds = 4, MemoryMb = 60, Shell = "0ld" },
        ],
    };

    protected static async Task EnterKeyAsync(IPage page)
    {
        await page.Locator("#key").ClickAsync();
        await page.Locator("#dialog input").FillAsync(ManagerUnderTest.AdminKey);
        await page.Locator("#dialog-ok").ClickAsync();
        await Assertions.Expect(page.Locator("#key")).ToHaveTextAsync("Forget admin key", SoonText);
    }

    protected Task<IPage> OpenAsync() => Browser.OpenAsync(Manager.App.Urls.Single());

    private protected async Task<FakeServer> AddAsync(string name)
    {
        var server = await Manager.AddServerAsync(name, slots: 4);
        server.Describe = Busy;
        await server.RegisterAsync(Manager.Registry, ServerState.Ready, 4);
        await Eventually.TrueAsync(
            async () => (await Manager.GetFleetAsync()).Servers.Any(seen => seen.Record.Incarnation == server.Incarnation && seen.Record.SlotStates.Count > 0),
            () => $"the slots of {name} in GET /fleet");
        return server;
    }
}
