namespace Fleet.PrerenderServer.Rendering;

/// <summary>The one absolute deadline of a visit. Each step gets what is left, or its own budget if that is less.</summary>
internal readonly struct RenderDeadline(TimeSpan patience, TimeProvider time)
{
    private static readonly TimeSpan s_least = TimeSpan.FromMilliseconds(1);
    private readonly long _start = time.GetTimestamp();

    /// <summary>The whole of it.</summary>
    public TimeSpan Patience => patience;

    /// <summary>What is left; negative when it has passed.</summary>
    public TimeSpan Left => patience - time.GetElapsedTime(_start);

    /// <summary>A step's time: its budget, or what is left when <paramref name="reserve"/> is kept for later steps. Never less than 1 ms, so that
    /// the step itself notices that it is late.</summary>
    public TimeSpan Step(TimeSpan reserve, TimeSpan? budget = null)
    {
        var left = Left - reserve;
        var step = budget < left ? budget.Value : left;
        return step > s_least ? step : s_least;
    }
}
