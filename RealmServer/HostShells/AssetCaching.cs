using System.Text.RegularExpressions;

namespace Fleet.RealmServer.HostShells;

/// <summary>Chooses the <c>Cache-Control</c> value of the host app's files.</summary>
internal static partial class AssetCaching
{
    public const string Immutable = "public, max-age=31536000, immutable";

    public const string Revalidate = "no-cache";

    /// <summary>File names with a content hash, as bundlers emit them (<c>index-BRBmoGS9.js</c>), are immutable. A plain word of eight letters is not
    /// a hash: <c>host-contract.js</c>, cached for a year, would outlive every deploy. A hash must contain a digit or an inner capital.</summary>
    public static string For(string fileName) =>
        Hash().Match(fileName) is { Success: true } match && LooksRandom(match.Groups["hash"].ValueSpan) ? Immutable : Revalidate;

    private static bool LooksRandom(ReadOnlySpan<char> hash) =>
        hash.ContainsAnyInRange('0', '9') || (hash[1..].ContainsAnyInRange('A', 'Z') && hash.ContainsAnyInRange('a', 'z'));

    [GeneratedRegex(@"-(?<hash>[0-9a-zA-Z_]{8,})\.")]
    private static partial Regex Hash();
}
