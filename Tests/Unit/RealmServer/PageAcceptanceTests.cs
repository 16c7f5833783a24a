using Fleet.Contracts;
using Fleet.RealmServer.Rendering;

namespace Fleet.Tests.RealmServer;

/// <summary>The decision what to store of a render, without a manager.</summary>
public sealed class PageAcceptanceTests
{
    private static readonly DateTimeOffset s_ended = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    [Theory]
    [InlineData(3, 2_000, 3)] // It waited for a slot first, and began later than its request: the earlier time is the safe one.
    [InlineData(3, 5_000, 5)] // The manager answered with a render that was in progress when the request came.
    [InlineData(3, 0, 3)]
    public void StartOf_Render_IsNeverLaterThanItBegan(int requestedBefore, double renderMs, int startedBefore) => Assert.Equal(
        s_ended.AddSeconds(-startedBefore),
        PageAcceptance.StartOf(s_ended.AddSeconds(-requestedBefore).UtcTicks, s_ended, new RenderTimings { QueueMs = 60_000, RenderMs = renderMs }));
}
