using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Content;

/// <summary>Cards as files: <c>&lt;realm folder&gt;/&lt;id&gt;.json</c>.</summary>
internal sealed class CardFiles(IOptions<RealmsOptions> options)
{
    private const string Extension = ".json";

    /// <summary>Version of a card: when its file was last written, or the one that a link leads to. Null when there is no such card.</summary>
    public static long? VersionOf(Realm realm, string id)
    {
        if (PathOf(realm, id) is not { } path)
        {
            return null;
        }

        // One look at the file answers all, and every page costs one.
        var file = new FileInfo(path);
        var written = WrittenAt(file);
        return written is not null && file.Attributes.HasFlag(FileAttributes.ReparsePoint) ? VersionBehind(file) : written;
    }

    /// <summary>Ids of the realm's cards, ordered. Files whose names are no ids come as problems.</summary>
    public static (IReadOnlyList<string> Ids, IReadOnlyList<RealmProblem> Problems) List(Realm realm)
    {
        var files = Directory.GetFiles(realm.Folder, "*" + Extension)
            .Where(file => Path.GetFileName(file) is not Realm.FileName && !Path.GetFileName(file).StartsWith('.'))
            .ToLookup(file => CardId.IsValid(Path.GetFileNameWithoutExtension(file)));
        return (
            [.. files[true].Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)],
            [.. files[false].Order(StringComparer.Ordinal).Select(file => new RealmProblem(
                $"{realm.Id}/{Path.GetFileName(file)}", $"A card's file is named with 1 to {CardId.MaxLength} letters, digits, - and _, not starting with _.") { Realm = realm })]);
    }

    /// <summary>Reads a card; null when there is none.</summary>
    /// <exception cref="CardException">The file is no card.</exception>
    public async Task<Card?> ReadAsync(Realm realm, string id, CancellationToken cancellationToken)
    {
        if (PathOf(realm, id) is not { } path || !File.Exists(path))
        {
            return null;
        }

        try
        {
            var length = new FileInfo(path).Length;
            if (length > options.Value.MaxCardBytes)
            {
                throw new CardException("card-too-large",
                    $"{realm.Path}{id} has {length} bytes; a card may have at most {options.Value.MaxCardBytes} (Realms:MaxCardBytes).");
            }

            var bytes = await File.ReadAllBytesAsync(path, cancellationToken);
            var json = bytes.AsMemory(bytes.Length - JsonText.WithoutBom(bytes).Length);
            return JsonText.WhyNotAnObject(json.Span) is { } why
                ? throw new CardException("card-not-json", $"{realm.Path}{id} cannot be read: {why}")
                : new Card(json, ETagOf(json.Span));
        }
        catch (FileNotFoundException)
        {
            // Deleted since.
            return null;
        }
    }

    private static long? VersionBehind(FileInfo link)
    {
        try
        {
            return link.ResolveLinkTarget(returnFinalTarget: true) is { } target ? WrittenAt(target) : null;
        }
        catch (IOException)
        {
            // It leads in a circle, or was deleted since.
            return null;
        }
    }

    // A file that is not there has a time of its own.
    private static long? WrittenAt(FileSystemInfo file) => file.LastWriteTimeUtc is { Year: > 1601 } written ? written.Ticks : null;

    /// <summary>The entity tag of a card, quoted.</summary>
    public static string ETagOf(ReadOnlySpan<byte> json) => $"\"{Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(..16))}\"";

    /// <summary>File of a card; null when the text is no id.</summary>
    public static string? PathOf(Realm realm, string id) =>
        CardId.IsValid(id) && id + Extension != Realm.FileName ? Path.Combine(realm.Folder, id + Extension) : null;
}

/// <summary>A card's file is there but is no card. A repeat will not help; somebody has to mend the file.</summary>
/// <param name="reason">Stable word: <c>card-not-json</c>, <c>card-too-large</c>.</param>
/// <param name="message">Names the card, and what is wrong with it.</param>
internal sealed class CardException(string reason, string message) : Exception(message)
{
    public string Reason => reason;
}
