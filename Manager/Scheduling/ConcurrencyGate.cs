using Fleet.Manager.Rendering;
using Fleet.Manager.Servers;
using Fleet.Manager.Telemetry;
using Fleet.ServiceDefaults.Concurrency;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Scheduling;

/// <summary>Limits renders in flight to what keeps the servers' slots busy. Further renders wait here and are scheduled fairly; a render that cannot start before
/// its deadline is rejected at once.</summary>
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
        // The new view may have more slots.
        views.Read += () => Admit(released: 0);
        metrics.ObserveLoad(() => Load);
    }

    /// <summary>Pulses when a render enters or leaves.</summary>
    public AsyncPulse Changed { get; } = new();

    /// <summary>Renders in flight.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Renders that wait for a permit.</summary>
    public int Queued
    {
        get { lock (_gate) { return _queue.Count; } }
    }

    /// <summary>Renders that wait for a permit, by affinity without principal.</summary>
    public IReadOnlyDictionary<string, int> QueuedByAffinity
    {
        get { lock (_gate) { return _queue.CountByAffinity(); } }
    }

    /// <summary>The current work of this manager.</summary>
    public ManagerLoad Load
    {
        get
        {
            var ready = _views.Current.Ready;
            lock (_gate)
            {
                return new(_queue.Count, _estimator.TimeFor(_queue.Count), TimeSpan.FromMilliseconds((_queue.Count + _inFlight) * ready.RenderMs), ready.Slots);
            }
        }
    }

    /// <summary>Waits for a permit. The returned permit holds the error when none became available in time.</summary>
    public async Task<RenderPermit> EnterAsync(RenderOperation operation, CancellationToken cancellationToken)
    {
        if (await TryEnterAsync(operation, cancellationToken) is { } error)
        {
            return RenderPermit.Refused(error);
        }

        _metrics.Started();
        Changed.PulseAll();
        return new RenderPermit(() =>
        {
            _metrics.Ended();
            Admit(released: 1);
            Changed.PulseAll();
        });
    }

    /// <summary>Returns the answer, with a <c>Retry-After</c> that accounts for the waiting renders.</summary>
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
            // A nested render skips the queue, up to MaxInFlight above the limit: its cause holds a permit until the nested render ends.
            if ((operation.Depth > 0 && _inFlight < Limit() + _options.MaxInFlight) || (_queue.Count == 0 && _inFlight < Limit()))
            {
                _inFlight++;
                return null;
            }

            // Never reject when the queue is empty: throughput is only measured while a render waits, so a wrong estimate that rejected every render
            // would never be corrected.
            var ahead = _queue.CountAhead(operation.FairnessKey, operation.Request.Priority);
            if (_queue.Count > 0 && _estimator.Unmeetable(operation, ahead, _queue.Count) is { } unmeetable)
            {
                return unmeetable;
            }

            waiter = new Waiter(operation.FairnessKey, operation.Request.Priority);
            if (_queue.Add(waiter, operation.FairnessKey, operation.Request.Priority) is { } displaced)
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

            // The render may have been admitted at the same moment; its permit then goes to the next.
            if (!waiter.TrySetCanceled(CancellationToken.None) && waiter.Task is { IsCompletedSuccessfully: true, Result: null })
            {
                Admit(released: 1);
            }

            if (e is OperationCanceledException)
            {
                throw;
            }

            return RenderError.Deadline($"The deadline of {(long)operation.Deadline.Total.TotalMilliseconds} ms passed while the render waited for a permit: at most {Limit()} renders may be in flight (Manager:MaxInFlight, Manager:RendersPerSlot).");
        }
        finally
        {
            _metrics.Waited(_timeProvider.GetElapsedTime(since));
        }
    }

    private void Admit(int released)
    {
        lock (_gate)
        {
            _inFlight -= released;
            if (released > 0)
            {
                _estimator.RecordEnd(_timeProvider.GetElapsedTime(_epoch), _queue.Count > 0);
            }

            while (_queue.Count > 0 && _inFlight < Limit() && _queue.TakeNext() is { } next)
            {
                _inFlight += next.TrySetResult(null) ? 1 : 0;
            }
        }
    }

    // With no ready server, renders pass the gate and wait in Router for one.
    private int Limit() => _views.Current.Ready is { Slots: > 0 } ready
        ? (int)Math.Min(_options.MaxInFlight, (long)ready.Slots * _options.RendersPerSlot)
        : _options.MaxInFlight;

    /// <summary>Completes with null when the render is admitted, otherwise with the error.</summary>
    private sealed class Waiter(string affinity, int priority) : TaskCompletionSource<RenderError?>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public string Affinity => affinity;

        public int Priority => priority;
    }
}
