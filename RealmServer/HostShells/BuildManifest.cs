using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.RealmServer.HostShells;

/// <summary>An optional build manifest: <c>fleet-build.json</c> beside <c>index.html</c>, <c>{"builtAt":"2026-01-02T03:04:05Z"}</c>. When replicas serve
/// two builds, the newer one becomes current; file times order them only if copying preserves the times.</summary>
/// <param name="BuiltAt">The build time.</param>
internal sealed record BuildManifest(DateTimeOffset? BuiltAt)
{
    public const string FileName = "fleet-build.json";

    /// <summary>The build time in the folder's manifest; null if the manifest is missing or unreadable.</summary>
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
