using Fleet.Contracts;
using Fleet.RealmServer.Indexing;
using Fleet.Registry.Reporting;
using Fleet.Registry;
using Fleet.Registry.Pages;
using Fleet.Registry.Screenshots;
using Fleet.Tests.InMemory;
using Fleet.Tests.Registry;
using Fleet.Tests.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.RealmServer;

/// <summary>The removal of stored pages that no realm server serves any more.</summary>
public sealed class StorageCollectorTests
{
    private const string Foreign = "http://127.0.0.1:1/foreign/";

    private readonly VirtualTimeProvider _time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(5, 5)]
    [InlineData(1440, 1440)]
    [InlineData(1, 3)]
    public void RoundsOf_Time_IsAsManyRoundsAndNeverSoFewThatALateReportMatters(int minutes, int rounds) =>
        Assert.Equal(rounds, StorageCollector.RoundsOf(TimeSpan.FromMinutes(minutes)));

    [Fact]
    public async Task Collect_RemovedRealm_PagesAndScreenshotsAreRemovedAfterTheTimeAndServedOnesStay()
    {
        // The registry's clock moves with the test; the servers' own do not.
        var registry = new InMemoryRegistry(_time, NullLoggerFactory.Instance);
        await using var server = new RealmServerUnderTest(registry);
        server.Settings.AddRange(["Pages:KeepUnserved=00:05:00", "Fleet:Renditions=desktop,mobile"]);
        await server.StartAsync();
        await server.StoreAsync("hydrogen", "stays");
        var mobile = PageScope.Of(server.RealmUrl, Rendition.Mobile);
        await StoreAsync(server, mobile);
        await StoreAsync(server, Foreign);
        var removed = server.Url + "trees/";
        await StoreAsync(server, removed);
        await StoreAsync(server, server.Url);
        await registry.Screenshots.StoreAsync(new StoredScreenshot(removed, removed + "oak", new("tag", "look", 1, 1), [1]), long.MaxValue, Cancel);

        await RoundsAsync(server, 4, Foreign);
        Assert.NotNull(await registry.Pages.GetAsync(removed, removed + "a", Cancel));
        await RoundsAsync(server, 2, Foreign);

        Assert.Null(await registry.Pages.GetAsync(removed, removed + "a", Cancel));
        Assert.Null(await registry.Screenshots.GetAsync(removed, removed + "oak", Cancel));
        Assert.NotNull(await server.StoredAsync("hydrogen"));
        Assert.NotNull(await registry.Pages.GetAsync(mobile, mobile + "a", Cancel));
        Assert.NotNull(await registry.Pages.GetAsync(server.Url, server.Url + "a", Cancel));
        // Pages of a realm server with other realms, which the collecting server does not have.
        Assert.NotNull(await registry.Pages.GetAsync(Foreign, Foreign + "a", Cancel));
    }

    [Fact]
    public async Task Collect_ReplacedReadKey_PagesOfTheOldKeyAreRemoved()
    {
        var registry = new InMemoryRegistry(_time, NullLoggerFactory.Instance);
        await using var server = new RealmServerUnderTest(registry);
        server.Settings.AddRange(["Pages:KeepUnserved=00:05:00", "Realms:ReadKeys:elements=the-new-key-of-it"]);
        await server.StartAsync();
        var old = server.RealmUrl + "#0123456789abcdef01234567";
        await StoreAsync(server, old);

        await RoundsAsync(server, 6);

        Assert.Null(await registry.Pages.GetAsync(old, old + "a", Cancel));
    }

    [Fact]
    public async Task Collect_ReplicaWithoutTheIndexLease_RemovesNothing()
    {
        var registry = new InMemoryRegistry(_time, NullLoggerFactory.Instance);
        await registry.Leases.HoldAsync("index", "another", TimeSpan.FromDays(1), Cancel);
        await using var server = new RealmServerUnderTest(registry);
        server.Settings.Add("Pages:KeepUnserved=00:05:00");
        await server.StartAsync();
        await StoreAsync(server, Foreign);

        await RoundsAsync(server, 20);

        Assert.NotNull(await registry.Pages.GetAsync(Foreign, Foreign + "a", Cancel));
    }

    // Each is a report of the collector; some of them count a round.
    private async Task RoundsAsync(RealmServerUnderTest server, int rounds, params string[] alsoServed)
    {
        var collector = (HeartbeatService)server.Services.GetRequiredService<StorageCollector>();
        var lease = server.Services.GetRequiredService<IndexLease>();
        await Eventually.TrueAsync(() => lease.Holder is not null, () => "a replica to hold the index lease");
        for (var round = 0; round < rounds; round++)
        {
            await server.Registry.StorageScopes.ServeAsync(alsoServed, Cancel);
            var before = collector.AcknowledgedAt;
            collector.TriggerNow();
            await Eventually.TrueAsync(() => collector.AcknowledgedAt > before, () => "the next report of the collector");
            _time.Advance(RegistryTtl.ScopeRound);
        }
    }

    private static Task<bool> StoreAsync(RealmServerUnderTest server, string scope) => server.Registry.Pages.TryStoreAsync(
        new()
        {
            Realm = scope,
            Url = scope + "a",
            Status = 200,
            Formats = new Dictionary<RenderFormat, string>(),
            SourceVersion = 1,
            Generation = 1,
            ShellToken = "t",
            RenderedAt = DateTimeOffset.UnixEpoch,
            ETag = "e",
        },
        Cancel);
}
