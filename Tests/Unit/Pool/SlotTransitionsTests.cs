using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Tests.Pool;

/// <summary>The table of transitions. That the pool makes no other change of state is a check of every random walk (<see cref="Checks.OnlyTableTransitions"/>).</summary>
public sealed class SlotTransitionsTests
{
    [Fact]
    public void Next_EveryPair_IsTheRowOfTheTableOrThrows()
    {
        foreach (var (state, trigger) in from state in Enum.GetValues<SlotState>() from trigger in Enum.GetValues<SlotTrigger>() select (state, trigger))
        {
            if (SlotTransitions.All.SingleOrDefault(row => row.From == state && row.Trigger == trigger) is { } row)
            {
                Assert.Equal(row.To, SlotTransitions.Next(state, trigger));
            }
            else
            {
                var error = Assert.Throws<InvalidOperationException>(() => SlotTransitions.Next(state, trigger));
                Assert.Equal($"A slot that is {state} cannot be {trigger}.", error.Message);
            }
        }
    }

    [Fact]
    public void Closing_IsTheOnlyEnd_AndEveryStateLeadsToIt()
    {
        Assert.DoesNotContain(SlotTransitions.All, row => row.From == SlotState.Closing);
        Assert.All(Enum.GetValues<SlotState>().Except([SlotState.Closing]), state => Assert.Equal(SlotState.Closing, SlotTransitions.Next(state, SlotTrigger.Closed)));
    }
}
