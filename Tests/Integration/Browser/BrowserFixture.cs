using Fleet.BrowserSetup;
using Fleet.PrerenderServer.Browser;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Browser.Processes;
using Fleet.ServiceDefaults;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.Browser;

/// <summary>A site and one real browser, shared by the tests of the collection, which run one after another.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private long _slots;

    internal TestSite Site { get; private set; } = null!;

    internal TestSite OtherSite { get; private set; } = null!;

    internal ChromiumBrowserAdapter Adapter { get; private set; } = null!;

    internal List<BrowserLoss> Losses { get; } = [];

    internal static BrowserOptions Options => new() { LaunchTimeout = TimeSpan.FromMinutes(2), CallTimeout = TimeSpan.FromSeconds(5), BootTimeout = TimeSpan.FromSeconds(10) };

    public async ValueTask InitializeAsync()
    {
        Site = await TestSite.StartAsync();
        OtherSite = await TestSite.StartAsync();
        Adapter = NewAdapter(Site, Options);
        Adapter.OnLost = loss =>
        {
            lock (Losses)
            {
                Losses.Add(loss);
            }
        };
        await Adapter.LaunchAsync(1, CancellationToken.None);
    }

    internal static ChromiumBrowserAdapter NewAdapter(TestSite site, BrowserOptions options) =>
        new(options, BrowserLocator.Locate(options.ExecutablePath), site.Url, [OriginAllowList.OriginOf(site.Url)], null, TimeProvider.System, NullLogger<ChromiumBrowserAdapter>.Instance);

    /// <summary>A booted slot that is closed at the end of the test.</summary>
    internal async Task<TestSlot> OpenAsync()
    {
        var slot = Interlocked.Increment(ref _slots);
        try
        {
            return new TestSlot(Adapter, slot, (BrowserPage)await Adapter.CreateAsync(slot, 1, TestContext.Current.CancellationToken));
        }
        catch (BrowserException)
        {
            await Adapter.CloseAsync(slot, TestContext.Current.CancellationToken);
            throw;
        }
    }

    internal BrowserPageSettings PageSettings => new(Site.Url, Options.BootTimeout, Options.CallTimeout, Options.ProbeTimeout, Options.ViewportWidth, Options.ViewportHeight, TimeProvider.System);

    internal BrowserLoss? LossOf(long slot)
    {
        lock (Losses)
        {
            return Losses.Find(l => l.Slot == slot);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Adapter.DisposeAsync();
        await Site.DisposeAsync();
        await OtherSite.DisposeAsync();
    }
}

/// <summary>A slot of one test.</summary>
internal sealed class TestSlot(ChromiumBrowserAdapter adapter, long number, BrowserPage page) : IAsyncDisposable
{
    public long Number => number;

    public BrowserPage Page => page;

    public async ValueTask DisposeAsync() => await adapter.CloseAsync(number, CancellationToken.None);
}

[CollectionDefinition(Name)]
public sealed class BrowserCollection : ICollectionFixture<BrowserFixture>
{
    public const string Name = "real browser";
}
