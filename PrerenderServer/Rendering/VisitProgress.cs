namespace Fleet.PrerenderServer.Rendering;

/// <summary>How far a visit has come and what each step took. The stage that was under way when the deadline passed is the one that was late.</summary>
internal sealed class VisitProgress(TimeProvider time)
{
    private readonly Dictionary<string, TimeSpan> _spent = [];
    private long _since = time.GetTimestamp();

    /// <summary>The step under way: <c>queue</c>, <c>boot</c>, <c>navigate</c>, <c>render</c>, <c>run</c>, <c>settle</c>, <c>capture</c>, <c>picture</c>.</summary>
    public string Stage { get; private set; } = Stages.Queue;

    /// <summary>What is finished so far; null as long as nothing is. It is the answer when the rest is late.</summary>
    public PageAnswer? Finished { get; private set; }

    /// <summary>Keeps what is finished.</summary>
    public void Keep(PageAnswer finished) => Finished = finished;

    /// <summary>Ends the step under way and begins another.</summary>
    public void Enter(string stage)
    {
        End();
        Stage = stage;
    }

    /// <summary>Ends the step under way.</summary>
    public void End()
    {
        _spent[Stage] = Spent(Stage) + time.GetElapsedTime(_since);
        _since = time.GetTimestamp();
    }

    /// <summary>Milliseconds that steps took.</summary>
    public double Milliseconds(params ReadOnlySpan<string> stages)
    {
        var sum = TimeSpan.Zero;
        foreach (var stage in stages)
        {
            sum += Spent(stage);
        }

        return Math.Round(sum.TotalMilliseconds, 2);
    }

    private TimeSpan Spent(string stage) => _spent.GetValueOrDefault(stage);
}
