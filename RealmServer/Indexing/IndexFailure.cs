using System.Text.Json.Serialization;
using Fleet.Contracts;
using Fleet.RealmServer.Content;

namespace Fleet.RealmServer.Indexing;

/// <summary>A card whose page could not be had.</summary>
/// <param name="Url">URL of the page.</param>
/// <param name="Reason">Why.</param>
internal sealed record IndexFailure(string Url, string Reason)
{
    /// <summary>The card's realm.</summary>
    [JsonIgnore]
    public Realm? Realm { get; init; }

    /// <summary>What a person needs to understand it; read by itself.</summary>
    [JsonIgnore]
    public RenderDiagnostics? Diagnostics { get; init; }

    /// <summary>Where the diagnostics are; null when there are none.</summary>
    public string? DiagnosticsUrl => Diagnostics is null ? null : $"/_index/diagnostics?url={Uri.EscapeDataString(Url)}";
}
