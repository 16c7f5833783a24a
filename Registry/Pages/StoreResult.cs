namespace Fleet.Registry.Pages;

/// <summary>What became of a page that was to be stored.</summary>
public enum StoreResult
{
    /// <summary>It is stored.</summary>
    Stored,

    /// <summary>A newer one is, and stays.</summary>
    Outdated,

    /// <summary>There is no room for it.</summary>
    Full,
}
