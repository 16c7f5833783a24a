using Fleet.Manager.Rendering;
using Fleet.Manager.Servers;

namespace Fleet.Manager.Scheduling;

/// <summary>How long a queue is in time, and what that means for those who want in. Not thread-safe: the gate has the lock.</summary>
internal sealed class QueueEstimator(FleetViews views, ManagerOptions options)
{
    private readonly ThroughputEstimator _rate = new();

    /// <summary>A render left; see <see cref="ThroughputEstimator.Left"/>.</summary>
    public void Left(TimeSpan now, bool isWaitedFor) => _rate.Left(now, isWaitedFor);

    /// <summary>How long it takes until so many renders have left.</summary>
    public TimeSpan TimeFor(int renders) => _rate.TimeFor(renders, views.Current.Ready.Slots, views.Current.Ready.RenderMs);

    /// <summary>Why a render need not wait, since it could not start in time; null when it may.</summary>
    /// <param name="operation">The render.</param>
    /// <param name="ahead">How many go first.</param>
    /// <param name="waiting">How many wait.</param>
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

    /// <summary>No place is left. 429: the caller's own renders are in the way, and it had better ask for less at a time. 503: those of others are, and
    /// there is nothing that it can do.</summary>
    /// <param name="inFlight">How many are under way.</param>
    /// <param name="waiting">How many wait.</param>
    /// <param name="own">How many of those are of the same affinity and priority.</param>
    public RenderError QueueFull(int inFlight, int waiting, int own) => new(own > 0 ? 429 : 503, "queue-full",
        $"{inFlight} renders are under way on {views.Current.Ready.Slots} slots (Manager:MaxInFlight allows {options.MaxInFlight}) and {waiting} wait (Manager:MaxQueued), {own} of them of this affinity and priority.")
    {
        RetryAfter = TimeFor(waiting),
    };

    /// <summary>The answer, with a <c>Retry-After</c> behind those who wait: a server that is short of something knows nothing of them.</summary>
    /// <param name="answer">What a server, or the lack of one, came to.</param>
    /// <param name="waiting">How many wait.</param>
    public RenderAnswer Behind(RenderAnswer answer, int waiting) =>
        answer.RenderError is { Status: 429 or 503, RetryAfter: { } wait } error && TimeFor(waiting) is var backlog && backlog > wait
            ? error with { RetryAfter = backlog }
            : answer;
}
