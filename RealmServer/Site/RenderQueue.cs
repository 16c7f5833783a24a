using System.Collections.Concurrent;
using System.Threading.Channels;
using Fleet.RealmServer.Rendering;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Site;

/// <summary>Requested pages that wait for their render: each page once, verified crawlers first, then visitors, then clients that only name a crawler, operators last. At most <c>Pages:MaxQueued</c> were requested by crawlers and
/// visitors, and as many by operators, so that requests of operators do not displace others.</summary>
internal sealed class RenderQueue(IOptions<PagesOptions> options, RealmMetrics metrics)
{
    private readonly ConcurrentDictionary<string, RenderJob> _jobs = new(StringComparer.Ordinal);
    private readonly Channel<Turn> _turns = Channel.CreateUnboundedPrioritized<Turn>(new() { Comparer = Turn.InOrder });
    private long _lastTurn;
    private readonly int[] _waiting = new int[2];

    /// <summary>Whether a render of the page is queued or in progress.</summary>
    public bool Has(PageSource source) => _jobs.ContainsKey(source.Key);

    /// <summary>Adds a render, or joins the one that is queued or in progress and suits the request.</summary>
    /// <param name="source">The page.</param>
    /// <param name="urgency">The urgency of the render.</param>
    /// <param name="until">When the caller's wait ends, as <see cref="MonotonicTime"/>.</param>
    /// <param name="isRepeat">Whether the render repeats one that had too little time.</param>
    /// <param name="isForced">Whether the page is rendered even if the stored one is up to date. A render that has begun does not suit such a request.</param>
    /// <returns>The render; null if the queue is full.</returns>
    public RenderJob? Add(PageSource source, RenderUrgency urgency, TimeSpan until = default, bool isRepeat = false, bool isForced = false)
    {
        bool Suits(RenderJob known) => known.Serves(urgency) && (!isForced || known.TryForce());
        var job = _jobs.TryGetValue(source.Key, out var queued) && Suits(queued) ? queued : null;
        if (job is null)
        {
            var added = new RenderJob(source) { IsRepeat = isRepeat, IsFromOperator = urgency == RenderUrgency.Index };
            ref var waiting = ref WaitingLike(added);
            if (Interlocked.Increment(ref waiting) > options.Value.MaxQueued)
            {
                Interlocked.Decrement(ref waiting);
                metrics.PageNotQueued();
                return null;
            }

            if (isForced)
            {
                added.TryForce();
            }

            job = _jobs.AddOrUpdate(source.Key, added, (_, known) => Suits(known) ? known : added);
            if (job != added)
            {
                Interlocked.Decrement(ref waiting);
            }
        }

        // Set this before queuing the turn, which reads it.
        job.AwaitUntil(until);
        if (job.RaiseTo(urgency))
        {
            // A job that was already queued with a later turn gets a second one, which comes earlier. The later turn finds that the job has begun.
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
                Interlocked.Decrement(ref WaitingLike(turn.Job));
                yield return (turn.Job, urgency);
            }
        }
    }

    /// <summary>Removes a render that has ended, so that later requests start a new one.</summary>
    public void Remove(RenderJob job) => _jobs.TryRemove(KeyValuePair.Create(job.Source.Key, job));

    /// <summary>The place of a request in the order of renders; higher ones come first. Any client can name a crawler in its User-Agent, so an unverified one comes after all visitors.</summary>
    internal static int TurnOf(RenderUrgency urgency) => urgency switch
    {
        RenderUrgency.Index => 0,
        RenderUrgency.Awaited => 1,
        RenderUrgency.Visited => 2,
        _ => 3,
    };

    private ref int WaitingLike(RenderJob job) => ref _waiting[job.IsFromOperator ? 1 : 0];

    private sealed record Turn(RenderJob Job, RenderUrgency Urgency, long Number)
    {
        public static readonly IComparer<Turn> InOrder = Comparer<Turn>.Create(static (one, other) =>
            TurnOf(one.Urgency) != TurnOf(other.Urgency) ? TurnOf(other.Urgency).CompareTo(TurnOf(one.Urgency)) : one.Number.CompareTo(other.Number));
    }
}
