using Fleet.Manager.Forwarding;
using Fleet.Manager.Pipeline;

namespace Fleet.Tests.Manager;

public sealed class RetryPolicyTests
{
    private static readonly TimeSpan s_plenty = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(nameof(ForwardKind.Verdict), nameof(RetryStep.Answer))]
    [InlineData(nameof(ForwardKind.Rejected), nameof(RetryStep.Answer))]
    [InlineData(nameof(ForwardKind.TooLarge), nameof(RetryStep.Answer))]
    [InlineData(nameof(ForwardKind.DeadlinePassed), nameof(RetryStep.Answer))]
    [InlineData(nameof(ForwardKind.Unreachable), nameof(RetryStep.Another))]
    [InlineData(nameof(ForwardKind.Draining), nameof(RetryStep.Another))]
    [InlineData(nameof(ForwardKind.Busy), nameof(RetryStep.Another))]
    [InlineData(nameof(ForwardKind.Garbage), nameof(RetryStep.Another))]
    [InlineData(nameof(ForwardKind.Crashed), nameof(RetryStep.AnotherOrSame))]
    [InlineData(nameof(ForwardKind.NoVerdict), nameof(RetryStep.AnotherOrSame))]
    [InlineData(nameof(ForwardKind.ConnectionLost), nameof(RetryStep.AnotherOrSame))]
    public void Next_FirstAttemptWithTimeLeft_ByKind(string kind, string step) =>
        Assert.Equal(Enum.Parse<RetryStep>(step), RetryPolicy.Next(Enum.Parse<ForwardKind>(kind), 1, 3, s_plenty));

    [Fact]
    public void Next_EveryKind_IsInTheTable() =>
        Assert.All(Enum.GetValues<ForwardKind>(), kind => RetryPolicy.Next(kind, 1, 3, s_plenty));

    [Fact]
    public void Next_LastAttempt_Answers()
    {
        Assert.Equal(RetryStep.Another, RetryPolicy.Next(ForwardKind.Busy, 2, 3, s_plenty));
        Assert.Equal(RetryStep.Answer, RetryPolicy.Next(ForwardKind.Busy, 3, 3, s_plenty));
    }

    [Fact]
    public void Next_TooLittleTimeLeft_Answers() =>
        Assert.Equal(RetryStep.Answer, RetryPolicy.Next(ForwardKind.Busy, 1, 3, TimeSpan.FromMilliseconds(99)));

    [Fact]
    public void IsEvidence_EachKind_OnlyIfItConcernsTheServer() =>
        Assert.Equal([ForwardKind.Unreachable, ForwardKind.Draining], Enum.GetValues<ForwardKind>().Where(RetryPolicy.IsEvidence));
}
