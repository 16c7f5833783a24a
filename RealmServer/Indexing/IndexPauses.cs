using Fleet.ServiceDefaults;

namespace Fleet.RealmServer.Indexing;

/// <summary>How long the index rests between passes.</summary>
internal static class IndexPauses
{
    /// <summary>The retry interval doubles up to this many times its length.</summary>
    private const int MaxStretch = 16;

    private static readonly Backoff s_pause = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));

    /// <summary>The pause; null when only a change ends it. A card that keeps a page busy until its deadline is tried less and less often;
    /// a manager that is away is looked for all the time.</summary>
    /// <param name="next">What the pass came to.</param>
    /// <param name="repeats">Passes before it that came to the same, with nothing new in between.</param>
    /// <param name="retryInterval">The setting.</param>
    public static TimeSpan? For(IndexNext next, int repeats, TimeSpan retryInterval) => next switch
    {
        IndexNext.AfterPause => s_pause.After(repeats + 1),
        IndexNext.AfterRetryInterval => new Backoff(retryInterval, retryInterval * MaxStretch).After(repeats + 1),
        _ => null,
    };
}

/// <summary>When the next pass is due.</summary>
internal enum IndexNext
{
    /// <summary>When somebody asks for it, or a card or the shell changed.</summary>
    WhenChanged,

    /// <summary>When another try may bring the cards that are without a verdict.</summary>
    AfterRetryInterval,

    /// <summary>Soon: this one was broken off.</summary>
    AfterPause,
}
