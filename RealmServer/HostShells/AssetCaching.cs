using Fleet.ServiceDefaults;

namespace Fleet.RealmServer.HostShells;

/// <summary>Chooses the <c>Cache-Control</c> value of the host app's files.</summary>
internal static class AssetCaching
{
    public const string Immutable = "public, max-age=31536000, immutable";

    public const string Revalidate = "no-cache";

    /// <summary>A file with a <see cref="ContentHash"/> in its name is immutable. Any other one, cached for a year, would outlive every deploy.</summary>
    public static string For(string fileName) => ContentHash.IsIn(fileName) ? Immutable : Revalidate;
}
