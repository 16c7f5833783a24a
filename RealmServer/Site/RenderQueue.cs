using System.Collections.Concurrent;
using System.Threading.Channels;
using Fleet.RealmServer.Rendering;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Site;

/// <summary>Requested pages that wait for their render: each page once, crawlers first, at most <c>Pages:MaxQueued</c>.</summary>
internal sealed class RenderQueue(IOptions<PagesOptions> options, RealmMetrics metrics)
{
    private readonly ConcurrentDictionary<string, RenderJob> _jobs = new(StringComparer.Ordinal);
    private readonly Channel<Turn> _turns = Channel.CreateUnboundedPrioritized<Turn>(new() { Comparer = Turn.ByUrgency });
    private long _lastTurn;
    private int _waiting;

    /// <summary>Whether a render of the page is queued or in progress.</summary>
    public bool Has(PageSource source) => _jobs.ContainsKey(source.Key);

    /// <summary>Adds a render, or joins the one that is queued or in progress and suits the request.</summary>
    /// <param name="source">The page.</param>
    /// <param name="urgency">The urgency of the render.</param>
    /// <param name="until">Time at which the caller gives up waiting.</param>
    /// <param name="isRepeat">Whether the render repeats one that had too little time.</param>
    /// <returns>The render; null if the queue is full.</returns>
    public RenderJob? Add(PageSource source, RenderUrgency urgency, DateTimeOffset until = default, bool isRepeat = false)
    {
        var job = FindJob(source, urgency);
        if (job is null)
        {
            if (Interlocked.Increment(ref _waiting) > options.Value.MaxQueued)
            {
                Interlocked.Decrement(ref _waiting);
                metrics.PageNotQueued();
                return null;
            }

            var added = new RenderJob(source) { IsRepeat = isRepeat };
            job = _jobs.AddOrUpdate(source.Key, added, (_, known) => known.Serves(urgency) ? known : added);
            if (job != added)
            {
                Interlocked.Decrement(ref _waiting);
            }
        }

        // Before its turn, which reads it.
        job.AwaitUntil(until);
        if (job.RaiseTo(urgency))
        {
            // A job that was already queued with lower urgency gets a second turn, which comes earlier. The later turn finds that the job has begun.
            _turns.Writer.TryWrite(new(job, urgency, Interlocked.Increment(ref _lastTurn)));
        }

        return job;
    }

    /// <summary>Begins renders in their order, as callers ask for the next one.</summary>
    public async IAsyncEnumerable<(RenderJob Job, RenderUrgency Urgency)> BeginAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var turn in _turns.Reader.ReadAllAsync(cancellationToken))
        {
            if (turn.Job.TryBegin() is { } urgency)
            {
                Interlocked.Decrement(ref _waiting);
                yield return (turn.Job, urgency);
            }
        }
    }

    /// <summary>Removes a render that has ended, so that later requests start a new one.</summary>
    public void Remove(RenderJob job) => _jobs.TryRemove(KeyValuePair.Create(job.Source.Key, job));

    private RenderJob? FindJob(PageSource source, RenderUrgency urgency) => _jobs.TryGetValue(source.Key, out var job) && job.Serves(urgency) ? job : null;

    private sealed record Turn(RenderJob Job, RenderUrgency Urgency, long Number)
    {
        public static readonly IComparer<Turn> ByUrgency = Comparer<Turn>.Create(static (one, other) =>
            one.Urgency != other.Urgency ? other.Urgency.CompareTo(one.Urgency) : one.Number.CompareTo(other.Number));
    }
}
