namespace Fleet.Registry.Pages;

/// <summary>Limits of a realm's stored pages.</summary>
/// <param name="MaxPages">Maximum number of pages.</param>
/// <param name="MaxBytes">Maximum total size of the pages as JSON, in bytes.</param>
/// <param name="WhenFull">What happens to a page that exceeds a limit.</param>
public sealed record PageBounds(long MaxPages, long MaxBytes, WhenFull WhenFull)
{
    /// <summary>No limits.</summary>
    public static readonly PageBounds None = new(long.MaxValue, long.MaxValue, WhenFull.Refuse);
}

/// <summary>What happens to a page for which there is no room.</summary>
public enum WhenFull
{
    /// <summary>It is not stored. For a known set of pages, where making room would only cause another page to be rendered again.</summary>
    Refuse,

    /// <summary>The pages that were stored or used longest ago are removed. For pages that any request can create.</summary>
    RemoveOldest,
}
