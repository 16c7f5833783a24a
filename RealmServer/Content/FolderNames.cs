namespace Fleet.RealmServer.Content;

/// <summary>Compares names of settings with names of folders. An environment variable cannot hold a <c>-</c>, and the names of settings have no case:
/// <c>Realms__ReadKeys__MY_NOTES</c> is the key of <c>my-notes</c>. Folders that are alike share it: none stands open for the way it is spelled.</summary>
internal sealed class FolderNames : IEqualityComparer<string>
{
    public static readonly FolderNames Alike = new();

    /// <summary>The one spelling of all that are alike.</summary>
    public static string Canonical(string name) => name.ToLowerInvariant().Replace('_', '-');

    public bool Equals(string? x, string? y) => x is null || y is null ? x == y : Canonical(x) == Canonical(y);

    public int GetHashCode(string obj) => string.GetHashCode(Canonical(obj), StringComparison.Ordinal);
}
