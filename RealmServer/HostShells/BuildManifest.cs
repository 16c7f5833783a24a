using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.RealmServer.HostShells;

/// <summary>What a build may say about itself: <c>fleet-build.json</c> beside <c>index.html</c>, <c>{"builtAt":"2026-01-02T03:04:05Z"}</c>. Of two
/// builds that are served at the same time the newer one becomes current, and a file's time tells them apart only where copying keeps it.</summary>
/// <param name="BuiltAt">When it was built.</param>
internal sealed record BuildManifest(DateTimeOffset? BuiltAt)
{
    public const string FileName = "fleet-build.json";

    /// <summary>The build time that the folder's manifest names; null when there is none or it cannot be read.</summary>
    public static DateTimeOffset? ReadBuiltAt(string folder)
    {
        try
        {
            var file = Path.Combine(folder, FileName);
            return File.Exists(file) ? JsonSerializer.Deserialize<BuildManifest>(File.ReadAllBytes(file), FleetJson.Options)?.BuiltAt : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}
