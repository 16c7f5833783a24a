namespace Fleet.RealmServer.Content;

/// <summary>Compares names of settings with names of folders. Environment variables cannot contain <c>-</c>, and setting names are case-insensitive:
/// <c>Realms__ReadKeys__MY_NOTES</c> is the key of <c>my-notes</c>. Folders with equivalent names share a key, so that none is left public by its spelling.</summary>
internal sealed class FolderNames : IEqualityComparer<string>
{
    public static readonly FolderNames Alike = new();

    /// <summary>The spelling that all equivalent names share: lower case, with <c>-</c> for <c>_</c>.</summary>
    public static string Canonical(string name) => name.ToLowerInvariant().Replace('_', '-');

    public bool Equals(string? x, string? y) => x is null || y is null ? x == y : Canonical(x) == Canonical(y);

    public int GetHashCode(string obj) => string.GetHashCode(Canonical(obj), StringComparison.Ordinal);
}
