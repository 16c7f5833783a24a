using System.Diagnostics;
using Fleet.RealmServer.Rendering;
using Fleet.ServiceDefaults;

namespace Fleet.RealmServer.Site;

/// <summary>A render that all requests for the page share.</summary>
internal sealed class RenderJob(PageSource source)
{
    private readonly Lock _gate = new();
    private RenderUrgency? _urgency;
    private int _turn = -1;
    private RenderUrgency? _begunAs;
    private TimeSpan _awaitedUntil;
    private bool _isForced;

    public PageSource Source => source;

    /// <summary>Whether the job repeats a render that had too little time.</summary>
    public bool IsRepeat { get; init; }

    /// <summary>Whether its first request was an operator's.</summary>
    public bool IsFromOperator { get; init; }

    /// <summary>Whether the page is rendered even if the stored one is up to date.</summary>
    public bool IsForced
    {
        get { lock (_gate) { return _isForced; } }
    }

    /// <summary>Trace context of the first request.</summary>
    public ActivityContext RequestedBy { get; } = Activity.Current?.Context ?? default;

    public TaskCompletionSource<PageOutcome> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>When the wait of the last waiting crawler ends, as <see cref="MonotonicTime"/>.</summary>
    public TimeSpan AwaitedUntil
    {
        get { lock (_gate) { return _awaitedUntil; } }
    }

    public void AwaitUntil(TimeSpan time)
    {
        lock (_gate)
        {
            _awaitedUntil = time > _awaitedUntil ? time : _awaitedUntil;
        }
    }

    /// <summary>Begins the job. Returns its urgency; null if it has begun already.</summary>
    public RenderUrgency? TryBegin()
    {
        lock (_gate)
        {
            return _begunAs is null ? _begunAs = _urgency : null;
        }
    }

    /// <summary>Requires a render even if the stored page is up to date. False if the job has begun and may have read older content.</summary>
    public bool TryForce()
    {
        lock (_gate)
        {
            return _begunAs is null && (_isForced = true);
        }
    }

    /// <summary>Whether the job suits a request. A render in the background may take longer than a crawler waits, so one that has begun suits no crawler; one for a crawler suits all.</summary>
    public bool Serves(RenderUrgency urgency)
    {
        lock (_gate)
        {
            return _begunAs is null or >= RenderUrgency.Awaited || _begunAs >= urgency;
        }
    }

    /// <summary>Raises the urgency. True if the job needs an earlier turn; of concurrent callers with the same urgency, one gets true.</summary>
    public bool RaiseTo(RenderUrgency urgency)
    {
        lock (_gate)
        {
            // A crawler may also wait for a job with a visitor's turn, which then has the crawler's deadline.
            _urgency = _urgency >= urgency ? _urgency : urgency;
            var turn = RenderQueue.TurnOf(urgency);
            if (_turn >= turn)
            {
                return false;
            }

            _turn = turn;
            return true;
        }
    }
}
