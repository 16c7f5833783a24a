namespace Fleet.RealmServer.Content;

/// <summary>One realm: a folder of cards.</summary>
/// <param name="Id">The folder's name, and the first part of every URL in it.</param>
/// <param name="Name">For people.</param>
/// <param name="Index">Id of the card that is served at the realm's own URL.</param>
/// <param name="Folder">The folder, absolute.</param>
/// <param name="Scope">Digest of the key that reading it wants, which names the principal; null for a public realm.</param>
internal sealed record Realm(string Id, string Name, string Index, string Folder, string? Scope = null)
{
    /// <summary>Name of the file that makes a folder a realm; it is no card.</summary>
    public const string FileName = "realm.json";

    /// <summary>Last part of the path at which a realm says what it is; no card's id.</summary>
    public const string Description = "_realm";

    public bool IsPrivate => Scope is not null;

    /// <summary>Starts and ends with a slash.</summary>
    public string Path { get; } = $"/{Id}/";

    /// <summary>The one path of a card: the index card has the realm's.</summary>
    public string PathOf(string card) => card == Index ? Path : Path + card;
}
