namespace Fleet.Contracts;

/// <summary>A realm as its realm server announces it.</summary>
/// <param name="Url">URL prefix of every card in it; ends with a slash.</param>
/// <param name="Name">For people.</param>
public sealed record RealmRecord(string Url, string Name);
