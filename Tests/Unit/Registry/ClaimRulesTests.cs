using Fleet.Contracts;
using Fleet.Registry.HostShells;
using Fleet.Tests.InMemory;

namespace Fleet.Tests.Registry;

/// <summary>What depends on the clock, which a test cannot set in Redis. The contract of the store has the other cases. The current shell is "current", built at minute 10,
/// generation 1,000,000, claimed by realm-0. The clock stands at <see cref="Now"/>.</summary>
public sealed class ClaimRulesTests
{
    private static readonly DateTimeOffset Epoch = DateTimeOffset.UnixEpoch;
    private static readonly DateTimeOffset Now = Epoch.AddMinutes(60);
    private static readonly CurrentShell Current = new(new("current", 1_000_000, Epoch, "realm-0"), Epoch.AddMinutes(10));

    [Fact]
    public void Decide_NothingIsCurrent_TheClaimWins()
    {
        var next = ClaimRules.Decide(null, new("a", "realm-0", Epoch), new Dictionary<string, string>(), Now);

        Assert.Equal(new CurrentShell(new("a", Now.ToUnixTimeMilliseconds(), Now, "realm-0"), Epoch), next);
    }

    [Theory]
    [InlineData(1_000_000, 3_600_000)] // The clock is ahead: its milliseconds.
    [InlineData(3_600_000, 3_600_001)] // A second change within one millisecond.
    [InlineData(9_999_999, 10_000_000)] // The clock was set back: one more than before.
    public void Decide_Change_GenerationGrowsWithAnyClock(long previous, long expected)
    {
        var current = Current with { Shell = Current.Shell with { Generation = previous } };

        var next = ClaimRules.Decide(current, new("a", "realm-0", Now), new Dictionary<string, string>(), Now);

        Assert.Equal(expected, next!.Shell.Generation);
    }

    [Fact]
    public void Decide_ForcedOlder_KeepsTheBuildTimeToBeat()
    {
        var forced = ClaimRules.Decide(Current, new("a", "realm-1", Epoch, Force: true), new Dictionary<string, string>(), Now)!;
        var serving = new Dictionary<string, string> { ["realm-0"] = "current", ["realm-1"] = "a" };

        Assert.Null(ClaimRules.Decide(forced, new("current", "realm-0", Current.BuiltAt), serving, Now));
        Assert.NotNull(ClaimRules.Decide(forced, new("next", "realm-0", Current.BuiltAt.AddMinutes(1)), serving, Now));
    }
}
