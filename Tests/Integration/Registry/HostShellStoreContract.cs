using Fleet.Registry;
using Fleet.Registry.Events;
using Fleet.Registry.HostShells;

namespace Fleet.Tests.Registry;

public abstract class HostShellStoreContract : ContractSuite
{
    private static readonly DateTimeOffset Built = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task GetAsync_BeforeTheFirstClaim_IsNull() => Assert.Null(await Registry.HostShells.GetAsync(Cancel));

    [Fact]
    public async Task ClaimAsync_First_BecomesCurrent()
    {
        var now = await Registry.NowAsync();

        var result = await ClaimAsync("a", "realm-0");

        Assert.True(result.Changed);
        Assert.Equal(("a", "realm-0"), (result.Current.Token, result.Current.Reporter));
        Assert.InRange(result.Current.Generation, now.ToUnixTimeMilliseconds(), now.AddMinutes(1).ToUnixTimeMilliseconds());
        Assert.Equal(result.Current.Generation, result.Current.ChangedAt.ToUnixTimeMilliseconds());
        Assert.Equal(result.Current, await Registry.HostShells.GetAsync(Cancel));
    }

    [Fact]
    public async Task ClaimAsync_SameTokenAgain_ChangesNothing()
    {
        var first = await ClaimAsync("a", "realm-0");

        var repeat = await ClaimAsync("a", "realm-1", builtMinutes: 5, force: true);

        Assert.False(repeat.Changed);
        Assert.Equal(first.Current, repeat.Current);
    }

    [Fact]
    public async Task ClaimAsync_NewerBuild_BecomesCurrentUnderAHigherGeneration()
    {
        var first = await ClaimAsync("a", "realm-0");

        var second = await ClaimAsync("b", "realm-1", builtMinutes: 1);

        Assert.True(second.Changed);
        Assert.Equal("b", second.Current.Token);
        Assert.True(second.Current.Generation > first.Current.Generation);
    }

    [Fact]
    public async Task ClaimAsync_ManyChangesWithinAMillisecond_EachHasAGenerationOfItsOwn()
    {
        var generations = new List<long>();
        for (var i = 0; i < 50; i++)
        {
            generations.Add((await ClaimAsync($"t{i}", "realm-0", builtMinutes: i)).Current.Generation);
        }

        Assert.Equal(generations.Distinct().Order(), generations);
    }

    [Theory]
    // claim: token, build relative to that of the current one, forced; who serves the current one; whether the claim wins
    [InlineData("current", 0, false, "realm-0", false)]
    [InlineData("current", 1, false, "realm-0", false)]
    [InlineData("current", 0, false, null, false)]
    [InlineData("current", 0, true, "realm-0", false)]
    [InlineData("other", 1, false, "realm-0", true)]
    [InlineData("other", 1, false, null, true)]
    [InlineData("other", 0, false, "realm-0", false)]
    [InlineData("other", 0, false, null, true)]
    [InlineData("other", -1, false, "realm-0", false)] // The old half of a rolling deploy.
    [InlineData("other", -1, false, null, true)] // A rollback.
    [InlineData("other", -1, false, "realm-1", true)] // Until now only the claiming replica served it.
    [InlineData("other", -1, true, "realm-0", true)]
    [InlineData("other", 1, true, "realm-0", true)]
    public async Task ClaimAsync_Case_WinsOrNot(string token, int builtMinutes, bool force, string? servedBy, bool wins)
    {
        await ClaimAsync("current", "realm-0");
        await ClaimAsync("third", "realm-9", builtMinutes: -1);
        if (servedBy != "realm-0")
        {
            await Registry.HostShells.StopServingAsync("realm-0", Cancel);
        }

        if (servedBy is not (null or "realm-0"))
        {
            await ClaimAsync("current", servedBy);
        }

        var claim = await ClaimAsync(token, "realm-1", builtMinutes, force);

        Assert.Equal((wins, wins ? token : "current"), (claim.Changed, claim.Current.Token));
    }

    [Fact]
    public async Task ClaimAsync_OlderWhenTheReplicaOfTheCurrentIsSilent_IsARollback()
    {
        var newer = await ClaimAsync("b", "realm-0", builtMinutes: 1);
        await Registry.AgeAsync(RegistryTtl.Serving + TimeSpan.FromSeconds(1));

        var rollback = await ClaimAsync("a", "realm-1");

        Assert.True(rollback.Changed);
        Assert.Equal("a", rollback.Current.Token);
        Assert.True(rollback.Current.Generation > newer.Current.Generation);
    }

    [Fact]
    public async Task ClaimAsync_OlderWhenTheReplicaOfTheCurrentStopped_IsARollback()
    {
        await ClaimAsync("b", "realm-0", builtMinutes: 1);
        await Registry.HostShells.StopServingAsync("realm-0", Cancel);

        Assert.True((await ClaimAsync("a", "realm-1")).Changed);
    }

    [Fact]
    public async Task ClaimAsync_OlderFromTheReplicaThatServedTheCurrent_IsARollback()
    {
        await ClaimAsync("b", "realm-0", builtMinutes: 1);

        Assert.True((await ClaimAsync("a", "realm-0")).Changed);
    }

    [Fact]
    public async Task ClaimAsync_ForcedOlder_WinsAndIsNotTakenBackByTheReplacedReplica()
    {
        await ClaimAsync("b", "realm-0", builtMinutes: 1);

        var forced = await ClaimAsync("a", "realm-1", force: true);
        var replaced = await ClaimAsync("b", "realm-0", builtMinutes: 1);

        Assert.True(forced.Changed);
        Assert.False(replaced.Changed);
        Assert.Equal(forced.Current, replaced.Current);
    }

    [Fact]
    public async Task ClaimAsync_BuiltInTheFarFuture_BlocksNoOtherOnceItsReplicasHaveStopped()
    {
        await ClaimAsync("skewed", "realm-0", builtMinutes: 1_000_000);
        Assert.False((await ClaimAsync("next", "realm-1")).Changed);

        await Registry.HostShells.StopServingAsync("realm-0", Cancel);

        Assert.True((await ClaimAsync("next", "realm-1")).Changed);
    }

    [Fact]
    public async Task ClaimAsync_TwoReplicasRepeatTwoShellsForAMinute_OneChange()
    {
        var changes = 0;
        await ClaimAsync("old", "realm-0");
        for (var second = 0; second < 60; second += 5)
        {
            changes += (await ClaimAsync("new", "realm-1", builtMinutes: 1)).Changed ? 1 : 0;
            changes += (await ClaimAsync("old", "realm-0")).Changed ? 1 : 0;
            await Registry.AgeAsync(RegistryTtl.Repeat);
        }

        Assert.Equal(1, changes);
        Assert.Equal("new", (await Registry.HostShells.GetAsync(Cancel))!.Token);
    }

    [Fact]
    public async Task ClaimAsync_EightAtOnce_AgreeOnOneShell()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => ClaimAsync($"t{i}", $"realm-{i}", builtMinutes: i))));

        var repeats = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => ClaimAsync($"t{i}", $"realm-{i}", builtMinutes: i)));

        Assert.All(repeats, repeat => Assert.Equal("t7", repeat.Current.Token));
        Assert.All(repeats, repeat => Assert.False(repeat.Changed));
        Assert.Single(repeats.Select(repeat => repeat.Current.Generation).Distinct());
    }

    [Fact]
    public async Task ClaimAsync_EightReplicasOfOneNewShellAtOnce_OneChange()
    {
        await ClaimAsync("old", "realm-0");

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => ClaimAsync("new", $"realm-{i}", builtMinutes: 1))));

        Assert.Single(results, result => result.Changed);
        Assert.Single(results.Select(result => result.Current).Distinct());
    }

    [Fact]
    public async Task GetServingAsync_HeldBackClaim_ShowsBothTokens()
    {
        await ClaimAsync("b", "realm-0", builtMinutes: 1);
        await ClaimAsync("a", "realm-1");

        var serving = await Registry.HostShells.GetServingAsync(Cancel);

        Assert.Equal(new Dictionary<string, string> { ["realm-0"] = "b", ["realm-1"] = "a" }, serving);
    }

    [Fact]
    public async Task GetServingAsync_SilentReplica_DoesNotCount()
    {
        await ClaimAsync("a", "silent");
        await Registry.AgeAsync(TimeSpan.FromSeconds(10));
        await ClaimAsync("a", "alive");
        await Registry.AgeAsync(TimeSpan.FromSeconds(6));

        Assert.Equal(["alive"], (await Registry.HostShells.GetServingAsync(Cancel)).Keys);
    }

    [Fact]
    public async Task ClaimAsync_TokenWithWhitespaceAround_IsTheSameToken()
    {
        await ClaimAsync("a", "realm-0");

        Assert.False((await ClaimAsync(" a\r\n", "deploy hook", builtMinutes: 1)).Changed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a b")]
    [InlineData("a\r\nb")]
    [InlineData("tokén")]
    public async Task ClaimAsync_NoToken_IsRefused(string token)
    {
        var exception = await Assert.ThrowsAsync<ArgumentException>(() => ClaimAsync(token, "realm-0"));

        Assert.Contains("1 to 64 visible ASCII characters", exception.Message, StringComparison.Ordinal);
        Assert.Null(await Registry.HostShells.GetAsync(Cancel));
    }

    [Fact]
    public async Task ClaimAsync_Change_IsHintedOnceWithItsGeneration()
    {
        await using var notifications = await NotificationRecorder.StartAsync(Registry.Backplane);
        const string Instance = "realm \"0\"\\é";

        var claim = await ClaimAsync("a", Instance);
        await ClaimAsync("a", Instance);
        var next = await ClaimAsync("b", Instance);

        await notifications.WaitForAsync(new(FleetEventKind.HostShell, Instance, claim.Current.Generation));
        await notifications.WaitForAsync(new(FleetEventKind.HostShell, Instance, next.Current.Generation));
        // Notifications may arrive out of order; readers rely on what they read, not on the order of notifications.
        Assert.Equal(
            [claim.Current.Generation, next.Current.Generation],
            notifications.Received.Where(notification => notification.Kind == FleetEventKind.HostShell).Select(notification => notification.Version).Order());
    }

    private Task<ClaimResult> ClaimAsync(string token, string instance, int builtMinutes = 0, bool force = false) =>
        Registry.HostShells.ClaimAsync(new(token, instance, Built.AddMinutes(builtMinutes), force), Cancel);
}

public sealed class InMemoryHostShellStoreTests : HostShellStoreContract
{
    protected override Task<RegistryUnderTest> StartAsync() => Task.FromResult<RegistryUnderTest>(new InMemoryRegistryUnderTest());
}

[Collection(RedisCollection.Name)]
public sealed class RedisHostShellStoreTests(RedisCollection.Server redis) : HostShellStoreContract
{
    protected override Task<RegistryUnderTest> StartAsync() => redis.ConnectAsync();
}

[Collection(GarnetCollection.Name)]
public sealed class GarnetHostShellStoreTests(GarnetCollection.Server garnet) : HostShellStoreContract
{
    protected override Task<RegistryUnderTest> StartAsync() => garnet.ConnectAsync();
}
