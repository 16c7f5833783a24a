using Fleet.Manager.Rendering;

namespace Fleet.Manager.Telemetry;

/// <summary>The renders of the last hour in a ring of 360 buckets of 10 s, for the fleet page. Thread-safe. Percentiles are exact to 25 %: durations are counted in classes.</summary>
internal sealed class RenderHistory(TimeProvider timeProvider)
{
    /// <summary>Number of buckets: an hour.</summary>
    public const int Length = 360;

    /// <summary>Duration of a bucket, in seconds.</summary>
    public const int BucketSeconds = 10;

    private readonly Bucket?[] _ring = new Bucket?[Length];
    private readonly Lock _gate = new();

    /// <summary>The buckets of the last hour in which something happened, the oldest first. The last one may still grow.</summary>
    public IReadOnlyList<HistoryPoint> Points
    {
        get
        {
            lock (_gate)
            {
                var now = Number();
                return [.. _ring.OfType<Bucket>().Where(bucket => bucket.Number > now - Length && bucket.Number <= now).OrderBy(bucket => bucket.Number).Select(bucket => bucket.Point(isComplete: bucket.Number < now))];
            }
        }
    }

    /// <summary>Records the end of a render. <paramref name="answer"/> is null when the caller disconnected first.</summary>
    public void Answered(RenderAnswer? answer, bool isFailed, TimeSpan duration) =>
        Answered(isFailed, answer?.RenderError is { Status: 429 or 503, Reason: "queue-full" or "deadline-unmeetable" }, answer?.Content?.Summary.Warm, duration);

    /// <summary>Records the end of a render.</summary>
    /// <param name="isFailed">Whether the fleet failed to render.</param>
    /// <param name="isOverload">Whether the reason was that too many renders wait.</param>
    /// <param name="isWarm">Whether its page was warm; null when no page rendered.</param>
    /// <param name="duration">Time from request to answer.</param>
    public void Answered(bool isFailed, bool isOverload, bool? isWarm, TimeSpan duration)
    {
        lock (_gate)
        {
            var bucket = Current();
            bucket.Renders++;
            bucket.Failed += isFailed ? 1 : 0;
            bucket.Overloaded += isOverload ? 1 : 0;
            bucket.Warm += isWarm == true ? 1 : 0;
            bucket.Cold += isWarm == false ? 1 : 0;
            bucket.Durations.Add(duration);
        }
    }

    /// <summary>Records the wait of a render that had to queue.</summary>
    public void Waited(TimeSpan duration)
    {
        lock (_gate)
        {
            Current().Waits.Add(duration);
        }
    }

    /// <summary>Records the length of the queue; a bucket keeps the maximum. An empty queue creates no bucket.</summary>
    public void Queued(int renders)
    {
        lock (_gate)
        {
            if (renders > 0)
            {
                var bucket = Current();
                bucket.Queued = Math.Max(bucket.Queued, renders);
            }
        }
    }

    /// <summary>The renders of the last minute, and the queue before it: what <c>FleetAlertRules</c> needs.</summary>
    public RecentLoad LastMinute
    {
        get
        {
            lock (_gate)
            {
                var now = Number();
                var recent = _ring.OfType<Bucket>().Where(bucket => bucket.Number > now - 6 && bucket.Number <= now).ToList();
                return new(recent.Sum(bucket => bucket.Renders), recent.Sum(bucket => bucket.Failed), recent.Sum(bucket => bucket.Overloaded), At(now - 3)?.Queued ?? 0);
            }
        }
    }

    private long Number() => timeProvider.GetUtcNow().ToUnixTimeSeconds() / BucketSeconds;

    private Bucket? At(long number) => _ring[number % Length] is { } bucket && bucket.Number == number ? bucket : null;

    private Bucket Current()
    {
        var number = Number();
        return At(number) ?? (_ring[number % Length] = new Bucket(number));
    }

    private sealed class Bucket(long number)
    {
        private HistoryPoint? _complete;

        public long Number => number;

        public int Renders { get; set; }

        public int Failed { get; set; }

        public int Overloaded { get; set; }

        public int Warm { get; set; }

        public int Cold { get; set; }

        public int Queued { get; set; }

        public DurationCounts Durations { get; } = new();

        public DurationCounts Waits { get; } = new();

        public HistoryPoint Point(bool isComplete) => _complete ?? Remember(isComplete, new(
            number * BucketSeconds, Renders, Failed, Warm, Cold, Waits.Percentile(0.5), Waits.Percentile(0.95), Durations.Percentile(0.5), Durations.Percentile(0.95), Queued));

        private HistoryPoint Remember(bool isComplete, HistoryPoint point) => isComplete ? _complete = point : point;
    }
}

/// <summary>Durations counted in classes, each 25 % longer than the one before, from 1 ms to 150 s.</summary>
internal sealed class DurationCounts
{
    private const double Step = 1.25;
    private const int Classes = 55;
    private readonly int[] _counts = new int[Classes];
    private int _total;

    public void Add(TimeSpan duration)
    {
        var number = duration.TotalMilliseconds <= 1 ? 0 : (int)Math.Ceiling(Math.Log(duration.TotalMilliseconds, Step));
        _counts[Math.Min(number, Classes - 1)]++;
        _total++;
    }

    /// <summary>The upper bound of the class with this percentile, in milliseconds; 0 when nothing was counted.</summary>
    /// <param name="part">0 to 1: 0.95.</param>
    public double Percentile(double part)
    {
        var left = (int)Math.Ceiling(_total * part);
        for (var number = 0; number < Classes && _total > 0; number++)
        {
            left -= _counts[number];
            if (left <= 0)
            {
                return Math.Round(Math.Pow(Step, number), 1);
            }
        }

        return 0;
    }
}

/// <summary>One bucket of the history.</summary>
/// <param name="At">Its begin, in seconds since 1970.</param>
/// <param name="Renders">Renders answered.</param>
/// <param name="Failed">Those that the fleet failed to render.</param>
/// <param name="Warm">Renders on a warm page.</param>
/// <param name="Cold">Renders on another page.</param>
/// <param name="WaitP50">Median wait of the renders that had to queue, in milliseconds.</param>
/// <param name="WaitP95">95th percentile of those waits, in milliseconds.</param>
/// <param name="RenderP50">Median time from request to answer, in milliseconds.</param>
/// <param name="RenderP95">95th percentile of those times, in milliseconds.</param>
/// <param name="Queued">Maximum length of the queue.</param>
internal sealed record HistoryPoint(
    long At, int Renders, int Failed, int Warm, int Cold, double WaitP50, double WaitP95, double RenderP50, double RenderP95, int Queued)
{
    /// <summary>The values after <see cref="At"/>, in the order of the parameters.</summary>
    public IReadOnlyList<double> Values => [Renders, Failed, Warm, Cold, WaitP50, WaitP95, RenderP50, RenderP95, Queued];
}

/// <summary>What happened in the last minute.</summary>
/// <param name="Renders">Renders answered.</param>
/// <param name="Failed">Those that the fleet failed to render.</param>
/// <param name="Overloaded">Those that were rejected because too many wait.</param>
/// <param name="QueuedBefore">Length of the queue 30 s ago.</param>
internal sealed record RecentLoad(int Renders, int Failed, int Overloaded, int QueuedBefore);
