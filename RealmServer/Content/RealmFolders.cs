using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fleet.Contracts;

namespace Fleet.RealmServer.Content;

/// <summary>Reads the realms out of a folder. One that cannot be read is a problem in the list, never an exception: the others are served.</summary>
internal static class RealmFolders
{
    /// <summary>Largest realm.json, in bytes: 256 KiB.</summary>
    public const int MaxRealmFileBytes = 256 * 1024;

    /// <summary>Longest name of a realm, in characters.</summary>
    public const int MaxNameLength = 200;

    // Paths that the server answers by itself.
    private static readonly string[] s_reserved = ["health", "alive"];

    /// <param name="root">The folder of realm folders; null for no realms.</param>
    /// <param name="dist">The host app's folder: a realm must not hide one of its.</param>
    /// <param name="scopes">Scopes of the private realms, by id, however that is spelled.</param>
    public static RealmSet Read(string? root, string dist, IReadOnlyDictionary<string, string> scopes)
    {
        var realms = new SortedDictionary<string, (Realm Realm, byte[] Json)>(StringComparer.Ordinal);
        var problems = new List<RealmProblem>();
        var folders = root is null ? [] : Folders(root, problems);
        foreach (var folder in folders)
        {
            try
            {
                var (realm, json) = ReadOne(folder, dist);
                realms.Add(realm.Id, (realm with { Scope = scopes.GetValueOrDefault(realm.Id) }, json));
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                var id = Path.GetFileName(folder);
                problems.Add(new(id, e.Message) { Realm = Private(id, folder) });
            }
        }

        // A key that locks nothing is a slip of the pen, and what it was meant for stands open.
        foreach (var name in scopes.Keys.Except(folders.Select(folder => Path.GetFileName(folder)), FolderNames.Alike))
        {
            var setting = $"{RealmsOptions.Section}:{nameof(RealmsOptions.ReadKeys)}:{name}";
            problems.Add(new(name, $"There is no such folder for {setting}.") { Setting = setting, Realm = Private(name, folder: "") });
        }

        var announcement = ListOf(realms.Values.Where(r => !r.Realm.IsPrivate).Select(r => r.Json));
        return new(realms.ToFrozenDictionary(r => r.Key, r => r.Value.Realm, StringComparer.Ordinal), problems, announcement)
        {
            Folders = [.. folders.Select(folder => Path.GetFileName(folder))],
            Locked = scopes.Keys.ToFrozenSet(FolderNames.Alike),
            Descriptions = realms.ToFrozenDictionary(r => r.Key, r => r.Value.Json, StringComparer.Ordinal),
            Versions = realms.Values.Select(r => (Path: r.Realm.Path + Realm.Description, Json: (ReadOnlyMemory<byte>)r.Json))
                .Append((Path: RealmSet.AnnouncementPath, Json: announcement))
                .ToFrozenDictionary(said => said.Path, said => BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(said.Json.Span)), StringComparer.Ordinal),
        };

        Realm? Private(string id, string folder) => scopes.TryGetValue(id, out var scope) ? new(id, id, "index", folder, scope) : null;
    }

    // Put together from bytes that were written already, so that no realm can spoil it for the others.
    private static ReadOnlyMemory<byte> ListOf(IEnumerable<byte[]> realms)
    {
        var list = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(list);
        writer.WriteStartArray();
        foreach (var realm in realms)
        {
            writer.WriteRawValue(realm, skipInputValidation: true);
        }

        writer.WriteEndArray();
        writer.Flush();
        return list.WrittenMemory;
    }

    private static IReadOnlyList<string> Folders(string root, List<RealmProblem> problems)
    {
        try
        {
            return [.. Directory.GetDirectories(root).Where(f => !Path.GetFileName(f).StartsWith('.')).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(new(root, e.Message));
            return [];
        }
    }

    private static (Realm Realm, byte[] Json) ReadOne(string folder, string dist)
    {
        var id = Path.GetFileName(folder);
        if (!CardId.IsValid(id))
        {
            throw new InvalidDataException($"A realm's folder is named with 1 to {CardId.MaxLength} letters, digits, - and _, not starting with _.");
        }

        if (s_reserved.Contains(id) || Path.Exists(Path.Combine(dist, id)))
        {
            throw new InvalidDataException($"/{id}/ is taken by the host app or by this server; rename the folder.");
        }

        var file = new FileInfo(Path.Combine(folder, Realm.FileName));
        if (!file.Exists)
        {
            throw new InvalidDataException($"It has no {Realm.FileName}, so it is not served. The smallest one is {{\"name\":\"…\"}}.");
        }

        if (file.Length > MaxRealmFileBytes)
        {
            throw new InvalidDataException($"{Realm.FileName} has {file.Length} bytes; it may have at most {MaxRealmFileBytes}.");
        }

        return Parse(id, folder, JsonText.WithoutBom(File.ReadAllBytes(file.FullName)));
    }

    private static (Realm Realm, byte[] Json) Parse(string id, string folder, ReadOnlySpan<byte> file)
    {
        if (JsonText.WhyNotAnObject(file) is { } why)
        {
            throw new InvalidDataException($"{Realm.FileName} cannot be read: {why}");
        }

        try
        {
            var json = JsonNode.Parse(file)!.AsObject();
            var name = Text(json, "name");
            if (string.IsNullOrWhiteSpace(name) || name.Length > MaxNameLength)
            {
                throw new InvalidDataException($"{Realm.FileName}: \"name\" must be a text of 1 to {MaxNameLength} characters.");
            }

            var index = Text(json, "index") ?? "index";
            if (!CardId.IsValid(index))
            {
                throw new InvalidDataException($"{Realm.FileName}: \"index\" must be the id of a card.");
            }

            json["url"] = $"/{id}/";
            return (new(id, name, index, folder), JsonSerializer.SerializeToUtf8Bytes(json, FleetJson.Options));
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            // A name that stands twice, or half a character (\ud800), is only found by whoever looks at that place.
            throw new InvalidDataException($"{Realm.FileName} cannot be read: it is not valid JSON: {e.GetBaseException().Message}", e);
        }
    }

    private static string? Text(JsonObject json, string name) => json[name] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        _ => throw new InvalidDataException($"{Realm.FileName}: \"{name}\" must be a text."),
    };
}
