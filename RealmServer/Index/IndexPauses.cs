namespace Fleet.RealmServer.Index;

/// <summary>How long the index rests between passes.</summary>
internal static class IndexPauses
{
    /// <summary>The retry interval doubles at most this often: to 16 times its length.</summary>
    private const int MaxDoublings = 4;

    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(5);

    /// <summary>The pause; null when only a change ends it. A card that keeps a page busy until its deadline is tried less and less often;
    /// a manager that is away is looked for all the time.</summary>
    /// <param name="next">What the pass came to.</param>
    /// <param name="repeats">Passes before it that came to the same, with nothing new in between.</param>
    /// <param name="retryInterval">The setting.</param>
    public static TimeSpan? For(IndexNext next, int repeats, TimeSpan retryInterval) => next switch
    {
        IndexNext.AfterPause => TimeSpan.FromSeconds(Math.Min(1 << Math.Min(repeats, MaxDoublings), s_longest.TotalSeconds)),
        IndexNext.AfterRetryInterval => retryInterval * (1 << Math.Min(repeats, MaxDoublings)),
        _ => null,
    };
}
