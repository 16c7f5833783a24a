using System.Text.RegularExpressions;

namespace Fleet.RealmServer.HostShells;

/// <summary>How long a file of the host app may be kept by a browser.</summary>
internal static partial class AssetCaching
{
    public const string Immutable = "public, max-age=31536000, immutable";

    public const string Revalidate = "no-cache";

    /// <summary>Names with a content hash, as bundlers make them (<c>index-BRBmoGS9.js</c>), may be kept for ever. A plain word of eight letters
    /// is no hash: <c>host-contract.js</c> kept for a year would outlive every deploy, so a digit or a capital inside is wanted.</summary>
    public static string For(string fileName) =>
        Hash().Match(fileName) is { Success: true } match && LooksRandom(match.Groups["hash"].ValueSpan) ? Immutable : Revalidate;

    private static bool LooksRandom(ReadOnlySpan<char> hash) =>
        hash.ContainsAnyInRange('0', '9') || (hash[1..].ContainsAnyInRange('A', 'Z') && hash.ContainsAnyInRange('a', 'z'));

    [GeneratedRegex(@"-(?<hash>[0-9a-zA-Z_]{8,})\.")]
    private static partial Regex Hash();
}
