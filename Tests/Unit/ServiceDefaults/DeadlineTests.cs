using Fleet.ServiceDefaults;
using Fleet.Tests.Time;

namespace Fleet.Tests.ServiceDefaults;

public sealed class DeadlineTests
{
    private readonly VirtualTimeProvider _time = new();

    [Theory]
    [InlineData(0, null, 10_000)]
    [InlineData(4, null, 6_000)]
    [InlineData(4, 500, 500)]
    [InlineData(9, 5_000, 1_000)]
    [InlineData(12, null, 1)]
    public void Step_AfterSeconds_IsTheBudgetOrWhatIsLeft(int passed, int? budgetMs, int expectedMs)
    {
        var deadline = new Deadline(TimeSpan.FromSeconds(10), _time);
        _time.Advance(TimeSpan.FromSeconds(passed));
        Assert.Equal(TimeSpan.FromMilliseconds(expectedMs), deadline.Step(budgetMs is { } budget ? TimeSpan.FromMilliseconds(budget) : null));
    }

    [Fact]
    public void Less_LaterOn_EndsEarlierThanTheDeadline()
    {
        var deadline = new Deadline(TimeSpan.FromSeconds(10), _time);
        _time.Advance(TimeSpan.FromSeconds(4));
        var earlier = deadline.Less(TimeSpan.FromSeconds(1));
        Assert.Equal((TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(5)), (earlier.Total, earlier.Left));
        _time.Advance(TimeSpan.FromSeconds(5.5));
        Assert.Equal((TimeSpan.FromSeconds(-0.5), TimeSpan.Zero), (earlier.Left, earlier.LeftOrZero));
    }

    [Theory]
    [InlineData(800, 100)]
    [InlineData(1_600, 200)]
    [InlineData(30_000, 200)]
    public void Part_OfAnEighth_IsAtMostTheMaximum(int totalMs, int expectedMs) =>
        Assert.Equal(TimeSpan.FromMilliseconds(expectedMs), new Deadline(TimeSpan.FromMilliseconds(totalMs), _time).Part(8, max: TimeSpan.FromMilliseconds(200)));
}
