namespace Fleet.RealmServer.Content;

/// <summary>A realm: a folder of cards.</summary>
/// <param name="Id">The folder's name, and the first path segment of every URL in the realm.</param>
/// <param name="Name">The display name.</param>
/// <param name="Index">Id of the card that is served at the realm's URL.</param>
/// <param name="Folder">The absolute path of the folder.</param>
/// <param name="Scope">Digest of the read key, which identifies the principal; null for a public realm.</param>
internal sealed record Realm(string Id, string Name, string Index, string Folder, string? Scope = null)
{
    /// <summary>Name of the file that makes a folder a realm. It is not a card.</summary>
    public const string FileName = "realm.json";

    /// <summary>Last path segment of the realm's description. It is not a valid card id.</summary>
    public const string Description = "_realm";

    public bool IsPrivate => Scope is not null;

    /// <summary>The realm's path, with leading and trailing slash.</summary>
    public string Path { get; } = $"/{Id}/";

    /// <summary>The canonical path of a card. The index card has the realm's path.</summary>
    public string PathOf(string card) => card == Index ? Path : Path + card;
}
