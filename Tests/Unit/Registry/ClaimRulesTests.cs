using Fleet.Contracts;
using Fleet.Registry.HostShells;

namespace Fleet.Tests.Registry;

/// <summary>The current shell is "current", built at minute 10, generation 1,000,000, claimed by realm-0. The clock stands at <see cref="Now"/>.</summary>
public sealed class ClaimRulesTests
{
    private static readonly DateTimeOffset Epoch = DateTimeOffset.UnixEpoch;
    private static readonly DateTimeOffset Now = Epoch.AddMinutes(60);
    private static readonly CurrentShell Current = new(new("current", 1_000_000, Epoch, "realm-0"), Epoch.AddMinutes(10));

    public static TheoryData<string, string, int, bool, string, bool> Table => new()
    {
        // case, token, built at minute, forced, who serves "current", becomes current
        { "same token", "current", 10, false, "realm-0", false },
        { "same token, newer file", "current", 20, false, "realm-0", false },
        { "same token, no other replica serves it", "current", 10, false, "", false },
        { "same token, forced", "current", 10, true, "realm-0", false },
        { "newer", "other", 11, false, "realm-0", true },
        { "newer, no replica serves the current", "other", 11, false, "", true },
        { "equal while served", "other", 10, false, "realm-0", false },
        { "equal when no longer served", "other", 10, false, "", true },
        { "older while served: old half of a roll", "other", 9, false, "realm-0", false },
        { "older while another replica serves", "other", 9, false, "realm-2", false },
        { "older when no longer served: rollback", "other", 9, false, "", true },
        { "older, served only by the claimer until now", "other", 9, false, "realm-1", true },
        { "older while served, forced", "other", 9, true, "realm-0", true },
        { "newer, forced", "other", 11, true, "realm-0", true },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Decide_Case_IsDecided(string @case, string token, int builtMinute, bool force, string servedBy, bool changes)
    {
        var serving = servedBy.Length == 0 ? new Dictionary<string, string>() : new() { [servedBy] = "current" };
        serving["realm-9"] = "something else";

        var next = ClaimRules.Decide(Current, new(token, "realm-1", Epoch.AddMinutes(builtMinute), force), serving, Now);

        Assert.True(changes == next is not null, @case);
        if (next is not null)
        {
            Assert.Equal(new HostShell(token, Now.ToUnixTimeMilliseconds(), Now, "realm-1"), next.Shell);
        }
    }

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
