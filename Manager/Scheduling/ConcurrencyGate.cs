using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.Manager.Servers;
using Fleet.Manager.Telemetry;
using Fleet.ServiceDefaults.Concurrency;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Scheduling;

/// <summary>Sends no more renders to the servers than keep their slots busy. The rest waits here, where it can be dealt with fairly, and what
/// cannot start before its deadline is refused before it has waited at all.</summary>
internal sealed class ConcurrencyGate
{
    private readonly FairQueue<Waiter> _queue;
    private readonly QueueEstimator _estimator;
    private readonly FleetViews _views;
    private readonly ManagerOptions _options;
    private readonly ManagerMetrics _metrics;
    private readonly TimeProvider _timeProvider;
    private readonly long _epoch;
    private readonly Lock _gate = new();
    private int _inFlight;

    public ConcurrencyGate(FleetViews views, IOptions<ManagerOptions> options, ManagerMetrics metrics, TimeProvider timeProvider)
    {
        (_views, _options, _metrics, _timeProvider) = (views, options.Value, metrics, timeProvider);
        (_queue, _estimator, _epoch) = (new(_options.MaxQueued), new(views, _options), timeProvider.GetTimestamp());
        // There may be more slots now.
        views.Read += () => LetIn(0);
        metrics.ObserveQueue(() => (Queued, TimeUntilAllHaveStarted.TotalSeconds));
    }

    /// <summary>Pulses when a render enters or leaves.</summary>
    public AsyncPulse Changed { get; } = new();

    /// <summary>Renders under way.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Renders that wait here.</summary>
    public int Queued
    {
        get { lock (_gate) { return _queue.Count; } }
    }

    private TimeSpan TimeUntilAllHaveStarted
    {
        get { lock (_gate) { return _estimator.TimeFor(_queue.Count); } }
    }

    /// <summary>Waits for a place among the renders under way. The permit has the error when there is none in time.</summary>
    public async Task<RenderPermit> EnterAsync(RenderOperation operation, CancellationToken cancellationToken)
    {
        if (await TryEnterAsync(operation, cancellationToken) is { } error)
        {
            return RenderPermit.Refused(error);
        }

        _metrics.Entered();
        Changed.PulseAll();
        return new RenderPermit(() =>
        {
            _metrics.Left();
            LetIn(1);
            Changed.PulseAll();
        });
    }

    /// <summary>The answer, with a <c>Retry-After</c> that accounts for the renders that wait here.</summary>
    public RenderAnswer WithBacklog(RenderAnswer answer)
    {
        lock (_gate)
        {
            return _estimator.Behind(answer, _queue.Count);
        }
    }

    private async Task<RenderError?> TryEnterAsync(RenderOperation operation, CancellationToken cancellationToken)
    {
        Waiter waiter;
        lock (_gate)
        {
            // A render that another one waits for always gets through: it would otherwise wait for its own cause.
            if ((operation.Depth > 0 && _inFlight < Places() + _options.MaxInFlight) || (_queue.Count == 0 && _inFlight < Places()))
            {
                _inFlight++;
                return null;
            }

            // The first in line always waits: how fast places become free is only measured while somebody waits for one, so an estimate that turned
            // everybody away would never be put right.
            var ahead = _queue.CountAhead(operation.Affinity, operation.Request.Priority);
            if (_queue.Count > 0 && _estimator.Unmeetable(operation, ahead, _queue.Count) is { } hopeless)
            {
                return hopeless;
            }

            waiter = new Waiter(operation.Affinity, operation.Request.Priority);
            if (_queue.Add(waiter, operation.Affinity, operation.Request.Priority) is { } displaced)
            {
                displaced.TrySetResult(_estimator.QueueFull(_inFlight, _queue.Count, _queue.CountOf(displaced.Affinity, displaced.Priority)));
            }
        }

        return await WaitAsync(waiter, operation, cancellationToken);
    }

    private async Task<RenderError?> WaitAsync(Waiter waiter, RenderOperation operation, CancellationToken cancellationToken)
    {
        var since = _timeProvider.GetTimestamp();
        try
        {
            return await waiter.Task.WaitAsync(operation.Deadline.LeftOrZero, _timeProvider, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            lock (_gate)
            {
                _queue.Remove(waiter);
            }

            // It may have been let in a moment ago; then its place goes to the next.
            if (!waiter.TrySetCanceled(CancellationToken.None) && waiter.Task is { IsCompletedSuccessfully: true, Result: null })
            {
                LetIn(1);
            }

            if (e is OperationCanceledException)
            {
                throw;
            }

            return RenderError.Deadline($"The deadline of {(long)operation.Deadline.Total.TotalMilliseconds} ms passed while the render waited behind others: {Places()} may be under way (Manager:MaxInFlight, Manager:RendersPerSlot).");
        }
        finally
        {
            _metrics.Waited(_timeProvider.GetElapsedTime(since));
        }
    }

    private void LetIn(int left)
    {
        lock (_gate)
        {
            _inFlight -= left;
            if (left > 0)
            {
                _estimator.Left(_timeProvider.GetElapsedTime(_epoch), _queue.Count > 0);
            }

            while (_queue.Count > 0 && _inFlight < Places() && _queue.TakeNext() is { } next)
            {
                _inFlight += next.TrySetResult(null) ? 1 : 0;
            }
        }
    }

    // While no server is known, renders wait for one where it is found, and not here.
    private int Places() => _views.Current.Ready is { Slots: > 0 } ready
        ? (int)Math.Min(_options.MaxInFlight, (long)ready.Slots * _options.RendersPerSlot)
        : _options.MaxInFlight;

    /// <summary>Ends with null when it is let in, else with why not.</summary>
    private sealed class Waiter(string affinity, int priority) : TaskCompletionSource<RenderError?>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public string Affinity => affinity;

        public int Priority => priority;
    }
}
