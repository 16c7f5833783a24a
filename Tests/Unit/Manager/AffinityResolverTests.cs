using Fleet.Contracts;
using Fleet.Manager;
using Fleet.Manager.Pipeline;
using Fleet.Manager.Rendering;
using Fleet.Manager.Servers;
using Fleet.Registry.Watching;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Options;
using Fleet.ServiceDefaults.Security;
using Fleet.Tests.InMemory;
using Fleet.Tests.Time;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Fleet.Tests.Manager;

/// <summary>Pages of a host app without realms: their affinity is the origin, as long as the registry has no realm for them.</summary>
public sealed class AffinityResolverTests : IAsyncLifetime
{
    private const string Page = "http://app.example/page";

    private readonly VirtualTimeProvider _clock = new();
    private readonly RegistryWatcher<FleetView> _watcher;
    private readonly AffinityResolver _resolver;
    private volatile IReadOnlyList<RealmRecord> _realms = [];
    private int _reads;

    public AffinityResolverTests()
    {
        var registry = new InMemoryRegistry(_clock, NullLoggerFactory.Instance);
        _watcher = new("fleet", [], ReadAsync, registry.Backplane, _clock, NullLogger<RegistryWatcher<FleetView>>.Instance);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("services:realm:http:0", "http://app.example")]).Build();
        var (fleet, manager) = (Options.Create(new FleetOptions()), Options.Create(new ManagerOptions()));
        _resolver = new(
            new FleetViews(_watcher, new UnhealthyServers(), _clock), new AllowedOrigins(configuration, fleet), new PrincipalScope(new FleetKeys(fleet)), new PrincipalLimiter(manager, _clock), manager);
    }

    public async ValueTask InitializeAsync()
    {
        await _watcher.StartAsync(CancellationToken.None);
        await _watcher.WaitForFirstAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _watcher.StopAsync(CancellationToken.None);
        _watcher.Dispose();
    }

    [Fact]
    public async Task Resolve_PagesOneAfterTheOther_NoneWaitsForARead()
    {
        for (var render = 0; render < 40; render++)
        {
            var resolved = ResolveAsync();
            Assert.True(resolved.IsCompleted, $"Render {render} waits for a read.");
            Assert.Equal("realm:http://app.example/", (await resolved).Affinity);
            _clock.Advance(TimeSpan.FromMilliseconds(150));
            await ReadsAsync();
        }

        Assert.True(Volatile.Read(ref _reads) <= 14, $"{_reads} reads in six seconds.");
    }

    [Fact]
    public async Task Resolve_PageOfARealm_CausesNoRead()
    {
        _realms = [new RealmRecord("http://app.example/", "App")];
        _watcher.Refresh();
        await Eventually.TrueAsync(
            () =>
            {
                _clock.Advance(RegistryPolling.MinInterval / 10);
                return _watcher.Current!.Value.Realms.Count == 1;
            },
            () => "the realm");
        var reads = Volatile.Read(ref _reads);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.True(ResolveAsync().IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(ResolveAsync().IsCompleted);
        Assert.Equal(reads, Volatile.Read(ref _reads));
    }

    [Fact]
    public async Task Resolve_RealmWasAddedUnnoticed_IsFoundAfterASecond()
    {
        _realms = [new RealmRecord(Page + "/", "Pages")];
        Assert.Equal("realm:http://app.example/", (await ResolveAsync(Page + "/1")).Affinity);
        _clock.Advance(TimeSpan.FromSeconds(1.1));
        Assert.Equal($"realm:{Page}/", (await ResolveAsync(Page + "/1")).Affinity);
    }

    private Task<(RenderCall Call, string? Affinity, RenderError? Error)> ResolveAsync(string url = Page) => _resolver.ResolveAsync(
        new(new() { Url = url }, "id"), new Deadline(TimeSpan.FromSeconds(10), _clock), TestContext.Current.CancellationToken);

    // Lets a read that was requested end; the watcher reads on a thread of its own.
    private Task ReadsAsync() => Eventually.TrueAsync(() => _watcher.Current!.EverythingReadAt > _clock.GetMonotonicTime() - TimeSpan.FromMilliseconds(700), () => "the read that a render has requested");

    private Task<FleetView> ReadAsync(RegistryChanges changes, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        return Task.FromResult(new FleetView(null, [], _realms) { Serving = new Dictionary<string, string> { ["realm-0"] = "token" } });
    }
}
