namespace Fleet.Registry.Pages;

/// <summary>What orders two renders of one page: a newer source wins, then a newer shell. Equal replaces, so a repeat is harmless.</summary>
/// <param name="SourceVersion">Version of the source.</param>
/// <param name="Generation">Generation of the host shell.</param>
public readonly record struct PageVersion(long SourceVersion, long Generation)
{
    /// <summary>Whether this version may overwrite <paramref name="stored"/>.</summary>
    public bool MayReplace(PageVersion? stored) => stored is not { } old || (SourceVersion, Generation).CompareTo((old.SourceVersion, old.Generation)) >= 0;
}
