using Fleet.ServiceDefaults;

namespace Fleet.RealmServer.HostShells;

/// <summary>Chooses the <c>Cache-Control</c> value of the host app's files.</summary>
internal static class AssetCaching
{
    public const string Immutable = "public, max-age=31536000, immutable";

    public const string Revalidate = "no-cache";

    // Folders in which Next.js, SvelteKit and Astro put what never changes, as their documentation says. Nuxt's and Blazor's have other files, too.
    private static readonly string[] s_immutableFolders = ["/_next/static/", "/_app/immutable/", "/_astro/"];

    /// <summary>A file with a <see cref="ContentHash"/> in its name is immutable, or in a folder of such files. Any other one, cached for a year, would outlive every deploy.</summary>
    /// <param name="path">The request path.</param>
    public static string For(string path) =>
        ContentHash.IsIn(Path.GetFileName(path)) || s_immutableFolders.Any(folder => path.StartsWith(folder, StringComparison.Ordinal)) ? Immutable : Revalidate;
}
