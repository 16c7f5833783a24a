using Fleet.Manager.Rendering;
using Fleet.Manager.Servers;

namespace Fleet.Manager.Scheduling;

/// <summary>Estimates waiting times of the queue and creates the errors that follow from them. Not thread-safe: <see cref="ConcurrencyGate"/> synchronizes.</summary>
internal sealed class QueueEstimator(FleetViews views, ManagerOptions options)
{
    private readonly ThroughputEstimator _rate = new();

    /// <summary>Records that a render ended; see <see cref="ThroughputEstimator.RecordEnd"/>.</summary>
    public void RecordEnd(TimeSpan now, bool isWaitedFor) => _rate.RecordEnd(now, isWaitedFor);

    /// <summary>Estimates the time until this many renders have ended.</summary>
    public TimeSpan TimeFor(int renders) => _rate.TimeFor(renders, views.Current.Ready.Slots, views.Current.Ready.RenderMs);

    /// <summary>The error when a render could not end within its deadline; otherwise null.</summary>
    /// <param name="operation">The render.</param>
    /// <param name="ahead">Number of renders served before it.</param>
    /// <param name="waiting">Number of waiting renders.</param>
    public RenderError? Unmeetable(RenderOperation operation, int ahead, int waiting)
    {
        var ready = views.Current.Ready;
        var wait = TimeFor(ahead + 1);
        return wait + TimeSpan.FromMilliseconds(ready.RenderMs) > operation.Deadline.Left
            ? new RenderError(503, "deadline-unmeetable",
                $"The render could start in {wait.TotalSeconds:F1} s, too late for its deadline of {(long)operation.Deadline.Total.TotalMilliseconds} ms: {waiting} renders wait for {ready.Slots} slots.")
            { RetryAfter = wait }
            : null;
    }

    /// <summary>The error when the queue is full. 429 when renders of the same affinity and priority wait, so the caller should send fewer at a time; 503 when
    /// only others do.</summary>
    /// <param name="inFlight">Number of renders in flight.</param>
    /// <param name="waiting">Number of waiting renders.</param>
    /// <param name="own">Number of waiting renders of the same affinity and priority.</param>
    public RenderError QueueFull(int inFlight, int waiting, int own) => new(own > 0 ? 429 : 503, "queue-full",
        $"{inFlight} renders are in flight on {views.Current.Ready.Slots} slots (Manager:MaxInFlight allows {options.MaxInFlight}) and {waiting} wait (Manager:MaxQueued), {own} of them of this affinity and priority.")
    {
        RetryAfter = TimeFor(waiting),
    };

    /// <summary>Raises the <c>Retry-After</c> of an error to the time that the waiting renders need, which a server does not know.</summary>
    /// <param name="answer">The answer of a server, or the error when there was none.</param>
    /// <param name="waiting">Number of waiting renders.</param>
    public RenderAnswer Behind(RenderAnswer answer, int waiting) =>
        answer.RenderError is { Status: 429 or 503, RetryAfter: { } wait } error && TimeFor(waiting) is var backlog && backlog > wait
            ? error with { RetryAfter = backlog }
            : answer;
}
