using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fleet.Contracts;

namespace Fleet.RealmServer.Content;

/// <summary>Reads the realms from a folder. A realm that cannot be read becomes a problem, not an exception, so that the others are served.</summary>
internal static class RealmFolders
{
    /// <summary>Maximum size of realm.json in bytes: 256 KiB.</summary>
    public const int MaxRealmFileBytes = 256 * 1024;

    /// <summary>Maximum length of a realm's name in characters.</summary>
    public const int MaxNameLength = 200;

    // Paths of the server's own endpoints.
    private static readonly string[] s_reserved = ["health", "alive"];

    /// <summary>Reads all realms.</summary>
    /// <param name="root">The folder that contains the realm folders; null for no realms.</param>
    /// <param name="dist">The host app's folder. A realm must not hide a file or folder in it.</param>
    /// <param name="scopes">Scopes of the private realms, by id, in any equivalent spelling.</param>
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

        // A key without a folder is a typo, and the realm that it was meant for is public.
        foreach (var name in scopes.Keys.Except(folders.Select(folder => Path.GetFileName(folder)), FolderNames.Alike))
        {
            var setting = $"{RealmsOptions.Section}:{nameof(RealmsOptions.ReadKeys)}:{name}";
            problems.Add(new(name, $"There is no folder for {setting}.") { Setting = setting, Realm = Private(name, folder: "") });
        }

        var announcement = CreateList(realms.Values.Where(r => !r.Realm.IsPrivate).Select(r => r.Json));
        return new(realms.ToFrozenDictionary(r => r.Key, r => r.Value.Realm, StringComparer.Ordinal), problems, announcement)
        {
            Folders = [.. folders.Select(folder => Path.GetFileName(folder))],
            Locked = scopes.Keys.ToFrozenSet(FolderNames.Alike),
            Descriptions = realms.ToFrozenDictionary(r => r.Key, r => r.Value.Json, StringComparer.Ordinal),
            Versions = realms.Values.Select(r => (Path: r.Realm.Path + Realm.Description, Json: (ReadOnlyMemory<byte>)r.Json))
                .Append((Path: RealmSet.AnnouncementPath, Json: announcement))
                .ToFrozenDictionary(source => source.Path, source => BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(source.Json.Span)), StringComparer.Ordinal),
        };

        Realm? Private(string id, string folder) => scopes.TryGetValue(id, out var scope) ? new(id, id, "index", folder, scope) : null;
    }

    // Built from JSON that is already serialized, so that one realm cannot break the list for the others.
    private static ReadOnlyMemory<byte> CreateList(IEnumerable<byte[]> realms)
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
            throw new InvalidDataException($"The name of a realm's folder must have 1 to {CardId.MaxLength} letters, digits, - and _, and must not start with _.");
        }

        if (s_reserved.Contains(id) || Path.Exists(Path.Combine(dist, id)))
        {
            throw new InvalidDataException($"/{id}/ is used by the host app or by this server; rename the folder.");
        }

        var file = new FileInfo(Path.Combine(folder, Realm.FileName));
        if (!file.Exists)
        {
            throw new InvalidDataException($"The folder has no {Realm.FileName}. The smallest valid one is {{\"name\":\"…\"}}.");
        }

        if (file.Length > MaxRealmFileBytes)
        {
            throw new InvalidDataException($"{Realm.FileName} has {file.Length} bytes; the maximum is {MaxRealmFileBytes}.");
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
                throw new InvalidDataException($"{Realm.FileName}: \"name\" must be a string of 1 to {MaxNameLength} characters.");
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
            // Duplicate properties and unpaired surrogates (\ud800) are detected only when the property is accessed.
            throw new InvalidDataException($"{Realm.FileName} cannot be read: it is not valid JSON: {e.GetBaseException().Message}", e);
        }
    }

    private static string? Text(JsonObject json, string name) => json[name] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        _ => throw new InvalidDataException($"{Realm.FileName}: \"{name}\" must be a string."),
    };
}
