using Fleet.Contracts;
using Fleet.Tests.InMemory;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.Manager;

/// <summary>A manager that starts on a registry without realms: it may have been restarted empty a moment ago.</summary>
public sealed class UnannouncedRealmTests
{
    private static readonly RenderRequest s_request = new() { Url = ManagerUnderTest.Card };
    private readonly InMemoryRegistry _registry = new(new TickingClock(), NullLoggerFactory.Instance);

    [Fact]
    public async Task Post_RealmIsAnnouncedMeanwhile_IsRendered()
    {
        await using var manager = await ManagerUnderTest.StartAsync(_registry, "--Manager:DiscoveryWait=00:00:30");
        await manager.AddServerAsync("prerender-0");
        var render = manager.RenderAsync(s_request);
        await Eventually.TrueAsync(async () => (await manager.GetFleetAsync()).Callers == 1, () => "a caller that waits");
        await ManagerUnderTest.AnnounceRealmAsync(_registry);
        Assert.Equal(RenderOutcome.Rendered, (await render).Outcome);
    }

    [Fact]
    public async Task Post_RealmIsNotAnnouncedYet_TheUrlIsNotRejected()
    {
        await using var manager = await ManagerUnderTest.StartAsync(_registry, "--Manager:DiscoveryWait=00:00:00.050");
        await manager.AddServerAsync("prerender-0");
        using var response = await manager.PostAsync(s_request);
        await ManagerUnderTest.AssertProblemAsync(response, 503, "warming");
        Assert.NotNull(response.Headers.RetryAfter?.Delta);
    }
}
