namespace Fleet.RealmServer.Content;

/// <summary>Drafts: temporary files in a realm's folder to which cards are written before they are moved into place.</summary>
internal static class CardDrafts
{
    /// <summary>Age from which a draft counts as left behind by a killed server: 1 h.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    private const string Extension = ".draft";

    /// <summary>A unique path for each write. The name is not a card's, and file watchers ignore it.</summary>
    public static string PathFor(Realm realm, string id) => Path.Combine(realm.Folder, $".{id}.{Guid.NewGuid():N}{Extension}");

    /// <summary>Writes a draft and flushes it to disk. Without the flush, a power failure after the move could leave an empty card.</summary>
    public static async Task WriteAsync(string path, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
        await file.WriteAsync(json, cancellationToken);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Deletes old drafts in a realm's folder.</summary>
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
            // Leftover drafts are harmless. The next hourly run tries again.
        }
    }
}
