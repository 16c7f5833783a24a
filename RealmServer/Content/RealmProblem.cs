using System.Text.Json.Serialization;

namespace Fleet.RealmServer.Content;

/// <summary>A folder that is no realm although it looks like one, or a file that is no card.</summary>
/// <param name="Where">The folder or file, as seen from the folder of realms.</param>
/// <param name="Reason">What is wrong with it, and what would cure it.</param>
internal sealed record RealmProblem(string Where, string Reason)
{
    /// <summary>The realm that it is in, or would be: who may not read that is not told. Null for a folder that is none and has no key.</summary>
    [JsonIgnore]
    public Realm? Realm { get; init; }

    /// <summary>The setting that is wrong; null when it is a folder or file.</summary>
    [JsonIgnore]
    public string? Setting { get; init; }
}
