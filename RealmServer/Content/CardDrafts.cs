namespace Fleet.RealmServer.Content;

/// <summary>Cards while they are written, next to where they go.</summary>
internal static class CardDrafts
{
    /// <summary>Age from which a draft is what a killed server left.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    private const string Extension = ".draft";

    /// <summary>A file of its own for each write. Its name is no card's, and no watcher's concern.</summary>
    public static string PathFor(Realm realm, string id) => Path.Combine(realm.Folder, $".{id}.{Guid.NewGuid():N}{Extension}");

    /// <summary>Writes a draft. It is on the disk, and not only on its way there, before it takes the card's place: after a power failure that place
    /// must not hold an empty file.</summary>
    public static async Task WriteAsync(string path, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
        await file.WriteAsync(json, cancellationToken);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Deletes what is left over in a realm's folder.</summary>
    public static void RemoveLeftovers(Realm realm, DateTimeOffset now)
    {
        try
        {
            foreach (var file in Directory.EnumerateFiles(realm.Folder, ".*" + Extension).Where(file => File.GetLastWriteTimeUtc(file) < now.UtcDateTime - MaxAge))
            {
                File.Delete(file);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // They are in nobody's way; the next hour tries again.
        }
    }
}
