using Fleet.Contracts;
using Fleet.RealmServer.Rendering;
using Fleet.RealmServer.Site;
using Fleet.Registry.Pages;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Tests.RealmServer;

/// <summary>One URL with two storage names: that of a private card, and that of the route with this URL while the realm cannot be read.</summary>
public sealed class PageIdentityTests
{
    [Fact]
    public async Task Cache_PageOfAnotherPrincipal_IsAMiss()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        var (secret, open) = Sources(server);
        var (cache, shell) = (server.Services.GetRequiredService<PageCache>(), server.Services.GetRequiredService<ShellPages>().Current);
        var token = TestContext.Current.CancellationToken;
        await server.Registry.Pages.TryStoreAsync(
            new StoredPage
            {
                Realm = secret.RealmUrl,
                Url = secret.Url,
                Status = 200,
                Formats = new Dictionary<RenderFormat, string> { [RenderFormat.Isolated] = "private" },
                SourceVersion = 1,
                Generation = 1,
                ShellToken = "t",
                RenderedAt = DateTimeOffset.UnixEpoch,
                ETag = "e",
            },
            token);

        Assert.NotNull(await cache.FindAsync(secret, shell, token));
        Assert.Null(await cache.FindAsync(open, shell, token));
    }

    [Fact]
    public async Task Failure_OfAnotherPrincipal_IsNotFound()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        var (secret, open) = Sources(server);
        var failures = server.Services.GetRequiredService<PageFailures>();

        failures.Note(secret, failures.VersionOf(secret), new PageOutcome.Failed("private words", 1));

        Assert.NotNull(failures.Find(secret));
        Assert.Null(failures.Find(open));
    }

    [Fact]
    public async Task Render_OfAnotherPrincipal_IsNotShared()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.OnDemandOnly(manager).StartAsync();
        var (secret, open) = Sources(server);
        var gate = manager.HoldAnswers();
        var renders = server.Services.GetRequiredService<OnDemandRenders>();

        Assert.True(renders.Queue(secret) && renders.Queue(open));

        await Eventually.TrueAsync(() => manager.Requests.Count == 2, () => $"two renders to begin; {manager.Requests.Count} did");
        gate.SetResult();
    }

    private static (PageSource Secret, PageSource Open) Sources(RealmServerUnderTest server) =>
        (new($"{server.Url}secret/#scope", server.Url + "secret/x", Version: 0), new(server.Url, server.Url + "secret/x", Version: 0));
}
