using System.Diagnostics;

namespace Fleet.PrerenderServer.Rendering.Operations;

/// <summary>The steps of a render and how long each took, as milliseconds for the result and as spans for the trace. The step in progress when the
/// deadline passes is the one that was late.</summary>
internal sealed class RenderProgress(TimeProvider time)
{
    private readonly Dictionary<string, TimeSpan> _spent = [];
    private readonly ActivityContext _visit = Activity.Current?.Context ?? default;
    private (long Timestamp, DateTimeOffset Time)? _began = (time.GetTimestamp(), time.GetUtcNow());

    /// <summary>The step in progress: <c>queue</c>, <c>boot</c>, <c>navigate</c>, <c>render</c>, <c>run</c>, <c>settle</c>, <c>capture</c>, <c>screenshot</c>.</summary>
    public string Stage { get; private set; } = Stages.Queue;

    /// <summary>The answer so far; null before there is one. It is the result when a later step is late.</summary>
    public PageAnswer? Finished { get; private set; }

    /// <summary>Keeps the answer so far.</summary>
    public void Keep(PageAnswer finished) => Finished = finished;

    /// <summary>Moves the part of the wait in which the pool booted a page from <c>queue</c> to <c>boot</c>. Call it when the wait ends.</summary>
    public void Booted(TimeSpan duration)
    {
        if (duration > TimeSpan.Zero)
        {
            _spent[Stages.Queue] = Spent(Stages.Queue) - duration;
            Add(Stages.Boot, time.GetUtcNow() - duration, duration);
        }
    }

    /// <summary>Ends the step in progress and begins another.</summary>
    public void Enter(string stage)
    {
        End();
        (Stage, _began) = (stage, (time.GetTimestamp(), time.GetUtcNow()));
    }

    /// <summary>Ends the step in progress; does nothing when it has ended.</summary>
    public void End()
    {
        if (_began is { } began)
        {
            _began = null;
            Add(Stage, began.Time, time.GetElapsedTime(began.Timestamp));
        }
    }

    /// <summary>Milliseconds that steps took.</summary>
    public double Milliseconds(params ReadOnlySpan<string> stages)
    {
        var sum = TimeSpan.Zero;
        foreach (var stage in stages)
        {
            sum += Spent(stage);
        }

        return Math.Round(Math.Max(0, sum.TotalMilliseconds), 2);
    }

    // A span is written when its step has ended: a step may begin in one asynchronous method and end in another, where the current activity differs.
    private void Add(string stage, DateTimeOffset began, TimeSpan duration)
    {
        _spent[stage] = Spent(stage) + duration;
        PrerenderActivity.Source.StartActivity(stage, ActivityKind.Internal, _visit, startTime: began)?.SetEndTime((began + duration).UtcDateTime).Dispose();
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
    public const string Render = "render";
    public const string Run = "run";
    public const string Settle = "settle";
    public const string Capture = "capture";
    public const string Screenshot = "screenshot";
}
