using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Fleet.RealmServer.Content;

namespace Fleet.RealmServer.Indexing;

/// <summary>The index's progress as a stream, for a bounded number of listeners.</summary>
internal sealed class IndexEvents(IndexProgress progress, IHostApplicationLifetime lifetime, TimeProvider timeProvider)
{
    /// <summary>Most streams at a time.</summary>
    public const int MaxListeners = 64;

    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(250);

    // Shows a listener behind a proxy that the line is alive, and this server that the listener is.
    private static readonly TimeSpan s_heartbeat = TimeSpan.FromSeconds(15);

    private int _listeners;

    /// <summary>True when there is room for one more, who must then listen.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _listeners) <= MaxListeners)
        {
            return true;
        }

        Interlocked.Decrement(ref _listeners);
        return false;
    }

    /// <summary>The status now, after each change of it, and now and then without one.</summary>
    /// <param name="mayRead">Whether the listener may read a realm.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<SseItem<IndexStatus>> ListenAsync(Func<Realm, bool> mayRead, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        try
        {
            IndexStatus? sent = null;
            var sentAt = timeProvider.GetTimestamp();
            while (!either.IsCancellationRequested)
            {
                var status = progress.BriefFor(mayRead);
                if (status != sent || timeProvider.GetElapsedTime(sentAt) >= s_heartbeat)
                {
                    (sent, sentAt) = (status, timeProvider.GetTimestamp());
                    yield return new(status, "index");
                }

                await Task.Delay(s_pace, timeProvider, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _listeners);
        }
    }
}
