using Fleet.ServiceDefaults;

namespace Fleet.RealmServer.Indexing;

/// <summary>The pauses between passes of the index.</summary>
internal static class IndexPauses
{
    /// <summary>Maximum factor to which the retry interval grows.</summary>
    private const int MaxRetryFactor = 16;

    private static readonly Backoff s_pause = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));

    /// <summary>The pause before the next pass; null if only a change ends it. Retries of cards without a verdict become less frequent, since each may keep
    /// a page busy until its deadline. An unavailable manager or registry is checked at least every 5 s.</summary>
    /// <param name="next">When the next pass is due.</param>
    /// <param name="repeats">Number of preceding passes with the same result and no change in between.</param>
    /// <param name="retryInterval">The value of <c>Index:RetryInterval</c>.</param>
    public static TimeSpan? For(IndexNext next, int repeats, TimeSpan retryInterval) => next switch
    {
        IndexNext.AfterPause => s_pause.After(repeats + 1),
        IndexNext.AfterRetryInterval => new Backoff(retryInterval, retryInterval * MaxRetryFactor).After(repeats + 1),
        _ => null,
    };
}

/// <summary>When the next pass is due.</summary>
internal enum IndexNext
{
    /// <summary>On request, or when a card or the shell changes.</summary>
    WhenChanged,

    /// <summary>After the retry interval, since cards are without a verdict.</summary>
    AfterRetryInterval,

    /// <summary>Soon, since the pass did not run or was interrupted.</summary>
    AfterPause,
}
