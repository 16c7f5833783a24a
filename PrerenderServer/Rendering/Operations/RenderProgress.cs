using System.Diagnostics;

namespace Fleet.PrerenderServer.Rendering.Operations;

/// <summary>Measures the steps of a render, for the result (milliseconds) and for the trace (spans). When the deadline passes, the step in progress is
/// reported as the one that timed out.</summary>
internal sealed class RenderProgress(TimeProvider time)
{
    private readonly Dictionary<string, TimeSpan> _spent = [];
    private readonly ActivityContext _parent = Activity.Current?.Context ?? default;
    private (long Timestamp, DateTimeOffset Time)? _started = (time.GetTimestamp(), time.GetUtcNow());

    /// <summary>The step in progress: <c>queue</c>, <c>boot</c>, <c>navigate</c>, <c>wait</c>, <c>render</c>, <c>run</c>, <c>settle</c>, <c>capture</c>, <c>screenshot</c>.</summary>
    public string Stage { get; private set; } = Stages.Queue;

    /// <summary>The answer so far; null before there is one. It becomes the result if a later step times out.</summary>
    public PageAnswer? Finished { get; private set; }

    /// <summary>Sets <see cref="Finished"/>.</summary>
    public void Keep(PageAnswer finished) => Finished = finished;

    /// <summary>Clears <see cref="Finished"/>: the document was rejected, and the render starts over.</summary>
    public void Discard() => Finished = null;

    /// <summary>Moves the time that the pool spent on booting a page from <c>queue</c> to <c>boot</c>. Call it when the wait for a page ends.</summary>
    public void Booted(TimeSpan duration)
    {
        if (duration > TimeSpan.Zero)
        {
            _spent[Stages.Queue] = Spent(Stages.Queue) - duration;
            Add(Stages.Boot, time.GetUtcNow() - duration, duration);
        }
    }

    /// <summary>Ends the step in progress and starts another.</summary>
    public void Enter(string stage)
    {
        End();
        (Stage, _started) = (stage, (time.GetTimestamp(), time.GetUtcNow()));
    }

    /// <summary>Ends the step in progress, if any.</summary>
    public void End()
    {
        if (_started is { } started)
        {
            _started = null;
            Add(Stage, started.Time, time.GetElapsedTime(started.Timestamp));
        }
    }

    /// <summary>Duration of the step in progress; zero between two steps.</summary>
    public TimeSpan Elapsed => _started is { } started ? time.GetElapsedTime(started.Timestamp) : TimeSpan.Zero;

    /// <summary>Total duration of steps in milliseconds.</summary>
    public double Milliseconds(params ReadOnlySpan<string> stages)
    {
        var sum = TimeSpan.Zero;
        foreach (var stage in stages)
        {
            sum += Spent(stage);
        }

        return Math.Round(Math.Max(0, sum.TotalMilliseconds), 2);
    }

    // The span is created when the step ends, because a step may start in one async method and end in another, where the current activity differs.
    private void Add(string stage, DateTimeOffset started, TimeSpan duration)
    {
        _spent[stage] = Spent(stage) + duration;
        PrerenderActivity.Source.StartActivity(stage, ActivityKind.Internal, _parent, startTime: started)?.SetEndTime((started + duration).UtcDateTime).Dispose();
    }

    private TimeSpan Spent(string stage) => _spent.GetValueOrDefault(stage);
}

/// <summary>The source of the prerender server's spans.</summary>
internal static class PrerenderActivity
{
    public static ActivitySource Source { get; } = new("Fleet.PrerenderServer");
}

/// <summary>Names of a render's steps, as they appear in diagnostics.</summary>
internal static class Stages
{
    public const string Queue = "queue";
    public const string Boot = "boot";
    public const string Navigate = "navigate";
    public const string Wait = "wait";
    public const string Render = "render";
    public const string Run = "run";
    public const string Settle = "settle";
    public const string Capture = "capture";
    public const string Screenshot = "screenshot";
}
