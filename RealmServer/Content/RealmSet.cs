using System.Collections.Frozen;
using System.Text.Json.Serialization;

namespace Fleet.RealmServer.Content;

/// <summary>The realms as they were read at one moment.</summary>
/// <param name="ById">The realms; ids differ in more than nothing, case included.</param>
/// <param name="Problems">What was not taken, and why.</param>
/// <param name="Announcement">The realms as <c>GET /_realms</c> answers them: everything their <c>realm.json</c> says, and the path.
/// Private ones are not among them.</param>
internal sealed record RealmSet(FrozenDictionary<string, Realm> ById, IReadOnlyList<RealmProblem> Problems, ReadOnlyMemory<byte> Announcement)
{
    /// <summary>Where the announcement is.</summary>
    public const string AnnouncementPath = "/_realms";

    /// <summary>Names of all folders, those that are no realms included.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>Names that have a read key, whether a realm of that name is served or not.</summary>
    public FrozenSet<string> Locked { get; init; } = FrozenSet<string>.Empty;

    /// <summary>What <c>realm.json</c> says of each realm, and its path, by id.</summary>
    public FrozenDictionary<string, byte[]> Descriptions { get; init; } = FrozenDictionary<string, byte[]>.Empty;

    /// <summary>Versions of the announcement and of what each realm says of itself, by path. Digests, since the list of realms has no file with a time.</summary>
    public FrozenDictionary<string, long> Versions { get; init; } = FrozenDictionary<string, long>.Empty;

    /// <summary>Finds a realm by the first part of a path, without a copy of it.</summary>
    public Realm? Find(ReadOnlySpan<char> id) => ById.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(id, out var realm) ? realm : null;

    /// <summary>Whether the first part of a path is a private realm's, served or not.</summary>
    public bool IsLocked(ReadOnlySpan<char> id) => Locked.Count > 0 && Locked.Contains(id.ToString());
}

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
