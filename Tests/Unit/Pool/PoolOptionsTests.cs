using System.ComponentModel.DataAnnotations;
using Fleet.Contracts;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Tests.Pool;

public sealed class PoolOptionsTests
{
    [Fact]
    public void PoolOptions_Defaults_AreValid() => Assert.Empty(Errors(new PoolOptions()));

    [Fact]
    public void Slots_OutOfRange_AreNamed()
    {
        Assert.Contains("Slots", Assert.Single(Errors(new PoolOptions { Slots = 65 })), StringComparison.Ordinal);
        Assert.Contains("CloseStageDeadline", Assert.Single(Errors(new PoolOptions { CloseStageDeadline = TimeSpan.Zero })), StringComparison.Ordinal);
    }

    [Fact]
    public void MaxDepth_ThatLeavesNoSlotForRoots_IsRefused() =>
        Assert.Equal("MaxDepth is 2 but must be below Slots (2): each level of nesting keeps one slot.", Assert.Single(Errors(new PoolOptions { Slots = 2, MaxDepth = 2 })));

    [Fact]
    public void MinStandby_AboveSlots_IsRefused() => Assert.Single(Errors(new PoolOptions { MinStandby = 5 }));

    [Fact]
    public void HoldDeadline_ShorterThanTheLongestVisit_IsRefused()
    {
        var longest = TimeSpan.FromMilliseconds(RenderLimits.MaxDeadlineMs);
        Assert.Empty(Errors(new PoolOptions { HoldDeadline = longest }));
        Assert.Contains("HoldDeadline", Assert.Single(Errors(new PoolOptions { HoldDeadline = longest - TimeSpan.FromSeconds(1) })), StringComparison.Ordinal);
    }

    [Fact]
    public void BackOff_MinAboveMax_IsRefused() =>
        Assert.Single(Errors(new PoolOptions { BackOffMin = TimeSpan.FromSeconds(5), BackOffMax = TimeSpan.FromSeconds(1) }));

    private static IEnumerable<string> Errors(PoolOptions options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        return results.Select(r => r.ErrorMessage!);
    }
}
