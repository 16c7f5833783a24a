using System.Collections.Frozen;
using System.Text.Json.Serialization;

namespace Fleet.RealmServer.Content;

/// <summary>A snapshot of the realms.</summary>
/// <param name="ById">The realms by id, case-sensitive.</param>
/// <param name="Problems">What is not served, and why.</param>
/// <param name="Announcement">Body of <c>GET /_realms</c>: the contents of each public realm's <c>realm.json</c>, with its path.</param>
internal sealed record RealmSet(FrozenDictionary<string, Realm> ById, IReadOnlyList<RealmProblem> Problems, ReadOnlyMemory<byte> Announcement)
{
    /// <summary>Path of the announcement.</summary>
    public const string AnnouncementPath = "/_realms";

    /// <summary>Names of all folders, including those that are not realms.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>Names with a read key, whether or not a realm of that name is served.</summary>
    public FrozenSet<string> Locked { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Description of each realm, by id: the contents of its <c>realm.json</c>, with its path.</summary>
    public FrozenDictionary<string, byte[]> Descriptions { get; init; } = FrozenDictionary<string, byte[]>.Empty;

    /// <summary>Versions of the announcement and of each realm's description, by path. They are digests, since the list of realms has no file time.</summary>
    public FrozenDictionary<string, long> Versions { get; init; } = FrozenDictionary<string, long>.Empty;

    /// <summary>Finds a realm by the first segment of a path, without allocating a string.</summary>
    public Realm? Find(ReadOnlySpan<char> id) => ById.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(id, out var realm) ? realm : null;

    /// <summary>Whether the first segment of a path names a private realm, served or not.</summary>
    public bool IsLocked(ReadOnlySpan<char> id) => Locked.Count > 0 && Locked.Contains(id.ToString());
}

/// <summary>A folder that is not a valid realm, a file that is not a valid card, or a read key without a folder.</summary>
/// <param name="Where">The folder or file, relative to the folder that contains the realms; its full path if that folder itself cannot be read.</param>
/// <param name="Reason">What is wrong, and how to fix it.</param>
internal sealed record RealmProblem(string Where, string Reason)
{
    /// <summary>The realm that the problem belongs to or, for a private folder that is not served, would belong to. Only its readers see the problem.
    /// Null for a folder that is not a realm and has no key.</summary>
    [JsonIgnore]
    public Realm? Realm { get; init; }

    /// <summary>The invalid setting; null for a folder or file.</summary>
    [JsonIgnore]
    public string? Setting { get; init; }
}
