using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Fleet.RealmServer.Content;

namespace Fleet.RealmServer.Indexing;

/// <summary>Streams the index's progress.</summary>
internal sealed class IndexEvents(IndexProgress progress, TimeProvider timeProvider)
{
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(250);

    // Keeps connections through proxies open, and detects listeners that are gone.
    private static readonly TimeSpan s_heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>Yields the status immediately, after each change, and every 15 s without one.</summary>
    /// <param name="mayRead">Whether the listener may read a realm.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public async IAsyncEnumerable<SseItem<IndexStatus>> ListenAsync(Func<Realm, bool> mayRead, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IndexStatus? sent = null;
        var sentAt = timeProvider.GetTimestamp();
        while (!cancellationToken.IsCancellationRequested)
        {
            var status = progress.BriefFor(mayRead);
            if (status != sent || timeProvider.GetElapsedTime(sentAt) >= s_heartbeat)
            {
                (sent, sentAt) = (status, timeProvider.GetTimestamp());
                yield return new(status, "index");
            }

            await Task.Delay(s_pollInterval, timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
