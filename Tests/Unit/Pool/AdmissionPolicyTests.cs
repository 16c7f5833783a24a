using Fleet.Contracts;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Tests.Pool;

/// <summary>The admission rule as a table: 5 + 1 slots, nesting of at most 2. Leases are named by their depth; <c>h</c> is a root lease of high priority.</summary>
public sealed class AdmissionPolicyTests
{
    private readonly PoolRules _rules = new(new PoolOptions { Slots = 5, HighPrioritySlots = 1, MaxDepth = 2, HighPriority = 8, RendersPerAffinity = 9 });

    [Theory]
    [InlineData("", 0, 0, true)]
    [InlineData("00", 0, 0, true)]
    [InlineData("000", 0, 0, false)]
    [InlineData("000", 0, 8, true)]
    [InlineData("0000", 0, 10, false)]
    [InlineData("0000", 1, 0, true)]
    [InlineData("00001", 1, 0, false)]
    [InlineData("00001", 2, 0, true)]
    [InlineData("000012", 2, 0, false)]
    [InlineData("22222", 0, 10, true)]
    [InlineData("222222", 0, 10, false)]
    [InlineData("2222", 0, 0, true)]
    [InlineData("h00", 0, 0, true)]
    [InlineData("h000", 0, 0, false)]
    [InlineData("hh0", 0, 0, true)]
    [InlineData("hh00", 0, 0, false)]
    [InlineData("hhh", 0, 0, true)]
    public void Admits_DepthTierAndLeases_IsAsInTheTable(string leased, int depth, int priority, bool admitted)
    {
        var admission = new AdmissionPolicy(_rules);
        foreach (var digit in leased)
        {
            var waiter = digit == 'h' ? Waiter(0, 10) : Waiter(digit - '0', 0);
            admission.Take(waiter, TimeSpan.Zero);
        }

        Assert.Equal(admitted, admission.Admits(Waiter(depth, priority), TimeSpan.Zero));
    }

    [Fact]
    public void Admits_OneAffinityAtItsLimit_IsCappedAtDepthZeroOnly()
    {
        _rules.Options.RendersPerAffinity = 1;
        var admission = new AdmissionPolicy(_rules);
        var affinity = new Affinity("a", 2);
        admission.Take(Waiter(0, 0, affinity), TimeSpan.Zero);
        Assert.False(admission.Admits(Waiter(0, 0, affinity), TimeSpan.Zero));
        Assert.True(admission.Admits(Waiter(0, 0), TimeSpan.Zero));
        Assert.True(admission.Admits(Waiter(1, 0, affinity), TimeSpan.Zero));
    }

    [Fact]
    public void Admits_WaiterThatHasWaitedLongEnough_ToTheHighPrioritySlots()
    {
        var admission = new AdmissionPolicy(_rules);
        for (var i = 0; i < 3; i++)
        {
            admission.Take(Waiter(0, 0), TimeSpan.Zero);
        }

        Assert.False(admission.Admits(Waiter(0, 0), 8 * _rules.Options.Aging - TimeSpan.FromTicks(1)));
        Assert.True(admission.Admits(Waiter(0, 0), 8 * _rules.Options.Aging));
    }

    private Waiter Waiter(int depth, int priority, Affinity? affinity = null)
    {
        var request = new LeaseRequest("x", depth, priority, TimeSpan.FromHours(1), ShellAcceptance.FreshOrWait);
        return new(1, request, affinity ?? new Affinity("x", 2), depth, _rules.Rank(request, TimeSpan.Zero), TimeSpan.Zero);
    }
}
