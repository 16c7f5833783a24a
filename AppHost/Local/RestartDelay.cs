namespace Fleet.AppHost.Local;

/// <summary>How long to wait before a resource that ended unasked is started again.</summary>
internal static class RestartDelay
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(30);

    // Whoever ran this long has not failed for the same reason as last time.
    private static readonly TimeSpan s_proven = TimeSpan.FromSeconds(60);

    /// <summary>The attempt that this end leads to: 1 after a long life, else one more than before.</summary>
    public static int NextAttempt(int attempt, TimeSpan lived) => lived >= s_proven ? 1 : attempt + 1;

    /// <summary>1 s, doubled with every attempt, 30 s at most.</summary>
    public static TimeSpan For(int attempt)
    {
        var seconds = Math.Pow(2, Math.Clamp(attempt - 1, 0, 10));
        return seconds < s_longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : s_longest;
    }
}
