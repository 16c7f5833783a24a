namespace Fleet.Registry.Pages;

/// <summary>How much of a realm's pages is kept.</summary>
/// <param name="MaxPages">Most pages.</param>
/// <param name="MaxBytes">Most bytes of all of them together, as JSON.</param>
/// <param name="WhenFull">What a page over a bound does.</param>
public sealed record PageBounds(long MaxPages, long MaxBytes, WhenFull WhenFull)
{
    /// <summary>No bounds.</summary>
    public static readonly PageBounds None = new(long.MaxValue, long.MaxValue, WhenFull.Refuse);
}

/// <summary>What becomes of a page for which there is no room.</summary>
public enum WhenFull
{
    /// <summary>It is not stored. For pages whose number is known beforehand: making room for one would have another rendered again.</summary>
    Refuse,

    /// <summary>The pages that were stored longest ago go. For pages that anybody can ask for.</summary>
    RemoveOldest,
}
