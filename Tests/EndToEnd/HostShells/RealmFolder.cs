namespace Fleet.Tests.HostShells;

/// <summary>Folders of a few small realms.</summary>
internal sealed class RealmFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleet-realms-");

    public RealmFolder(int realms)
    {
        Names = [.. Enumerable.Range(0, realms).Select(i => $"realm{i}")];
        foreach (var name in Names)
        {
            Directory.CreateDirectory(System.IO.Path.Combine(Path, name));
            File.WriteAllText(System.IO.Path.Combine(Path, name, "realm.json"), $$"""{ "name": "{{name}}", "index": "index" }""");
            Write(name, "index", """{ "title": "home" }""");
        }
    }

    public string Path => _folder.FullName;

    public IReadOnlyList<string> Names { get; }

    /// <summary>Writes a card.</summary>
    public void Write(string realm, string card, string json)
    {
        var file = System.IO.Path.Combine(Path, realm, $"{card}.json");
        File.WriteAllText(file + ".new", json);
        File.Move(file + ".new", file, overwrite: true);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
