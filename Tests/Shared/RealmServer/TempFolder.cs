namespace Fleet.Tests.RealmServer;

/// <summary>A folder of its own, removed afterwards, inside another one that nothing may be read from.</summary>
internal sealed class TempFolder : IDisposable
{
    private readonly string _outer = Directory.CreateTempSubdirectory("fleet-realm-").FullName;

    public TempFolder() => Directory.CreateDirectory(Path);

    public string Path => System.IO.Path.Combine(_outer, "inner");

    /// <summary>Writes a file atomically: a reader never sees a part of it, or an earlier time than the one given.</summary>
    public string Write(string name, string text, DateTime? writtenAt = null)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        var draft = System.IO.Path.Combine(_outer, Guid.NewGuid().ToString("N"));
        File.WriteAllText(draft, text);
        if (writtenAt is { } time)
        {
            File.SetLastWriteTimeUtc(draft, time);
        }

        File.Move(draft, path, overwrite: true);
        return path;
    }

    public void WriteOutside(string name, string text) => File.WriteAllText(System.IO.Path.Combine(_outer, name), text);

    public void Dispose() => Directory.Delete(_outer, recursive: true);
}
