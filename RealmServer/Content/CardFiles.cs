using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Content;

/// <summary>Reads cards from files: <c>&lt;realm folder&gt;/&lt;id&gt;.json</c>.</summary>
internal sealed class CardFiles(IOptions<RealmsOptions> options)
{
    private const string Extension = ".json";

    /// <summary>Version of a card: the last write time, in ticks, of its file or of the file that a link points to. Null if there is no such card.</summary>
    public static long? VersionOf(Realm realm, string id)
    {
        if (PathOf(realm, id) is not { } path)
        {
            return null;
        }

        // One file-system call answers everything; every page request makes one.
        var file = new FileInfo(path);
        var written = WrittenAt(file);
        return written is not null && file.Attributes.HasFlag(FileAttributes.ReparsePoint) ? VersionOfTarget(realm, file) : written;
    }

    /// <summary>Ids of the realm's cards in ordinal order. Files whose names are not valid ids are returned as problems.</summary>
    public static (IReadOnlyList<string> Ids, IReadOnlyList<RealmProblem> Problems) List(Realm realm)
    {
        var files = Directory.GetFiles(realm.Folder, "*" + Extension)
            .Where(file => Path.GetFileName(file) is not Realm.FileName && !Path.GetFileName(file).StartsWith('.'))
            .ToLookup(file => CardId.IsValid(Path.GetFileNameWithoutExtension(file)));
        return (
            [.. files[true].Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)],
            [.. files[false].Order(StringComparer.Ordinal).Select(file => new RealmProblem(
                $"{realm.Id}/{Path.GetFileName(file)}", $"The name of a card's file must have 1 to {CardId.MaxLength} letters, digits, - and _, and must not start with _.") { Realm = realm })]);
    }

    /// <summary>Reads a card; null if there is none.</summary>
    /// <exception cref="CardException">The file is not a valid card.</exception>
    public async Task<Card?> ReadAsync(Realm realm, string id, CancellationToken cancellationToken)
    {
        // The version of a link that leads out of the folder is null.
        if (PathOf(realm, id) is not { } path || !File.Exists(path) || VersionOf(realm, id) is null)
        {
            return null;
        }

        try
        {
            var length = new FileInfo(path).Length;
            if (length > options.Value.MaxCardBytes)
            {
                throw new CardException("card-too-large",
                    $"{realm.Path}{id} has {length} bytes; the maximum for a card is {options.Value.MaxCardBytes} (Realms:MaxCardBytes).");
            }

            var bytes = await File.ReadAllBytesAsync(path, cancellationToken);
            var json = bytes.AsMemory(bytes.Length - JsonText.WithoutBom(bytes).Length);
            return JsonText.WhyNotAnObject(json.Span) is { } why
                ? throw new CardException("card-not-json", $"{realm.Path}{id} cannot be read: {why}")
                : new Card(json, ETagOf(json.Span));
        }
        catch (FileNotFoundException)
        {
            // The card was deleted after the check.
            return null;
        }
    }

    // Null as well for a link that is circular, or leads out of the realm's folder: that is no card.
    private static long? VersionOfTarget(Realm realm, FileInfo link) =>
        RealPath.Below(realm.Folder, link.FullName) is not null && RealPath.Of(link.FullName) is { } target ? WrittenAt(new FileInfo(target)) : null;

    // LastWriteTimeUtc of a missing file is a date in 1601.
    private static long? WrittenAt(FileSystemInfo file) => file.LastWriteTimeUtc is { Year: > 1601 } written ? written.Ticks : null;

    /// <summary>The quoted entity tag of a card.</summary>
    public static string ETagOf(ReadOnlySpan<byte> json) => $"\"{Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(..16))}\"";

    /// <summary>Path of a card's file; null if <paramref name="id"/> is not a valid card id.</summary>
    public static string? PathOf(Realm realm, string id) =>
        CardId.IsValid(id) && id + Extension != Realm.FileName ? Path.Combine(realm.Folder, id + Extension) : null;
}

/// <summary>A card's file exists but is not a valid card. Retrying does not help; the file has to be fixed.</summary>
/// <param name="reason">Machine-readable reason: <c>card-not-json</c>, <c>card-too-large</c>.</param>
/// <param name="message">Names the card and what is wrong with it.</param>
internal sealed class CardException(string reason, string message) : Exception(message)
{
    public string Reason => reason;
}
