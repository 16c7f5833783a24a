using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fleet.Contracts;

namespace Fleet.RealmServer.Realms;

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
    /// <param name="scopes">Scopes of the private realms, by id.</param>
    public static RealmSet Read(string? root, string dist, IReadOnlyDictionary<string, string> scopes)
    {
        var realms = new SortedDictionary<string, (Realm Realm, JsonObject Json)>(StringComparer.Ordinal);
        var problems = new List<RealmProblem>();
        foreach (var folder in root is null ? [] : Folders(root, problems))
        {
            try
            {
                var (realm, json) = ReadOne(folder, dist);
                realms.Add(realm.Id, (realm with { Scope = scopes.GetValueOrDefault(realm.Id) }, json));
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                problems.Add(new(Path.GetFileName(folder), e.Message));
            }
        }

        var announcement = JsonSerializer.SerializeToUtf8Bytes(new JsonArray([.. realms.Values.Where(r => !r.Realm.IsPrivate).Select(r => r.Json)]), FleetJson.Options);
        var descriptions = realms.ToFrozenDictionary(r => r.Key, r => JsonSerializer.SerializeToUtf8Bytes(r.Value.Json, FleetJson.Options), StringComparer.Ordinal);
        return new(realms.ToFrozenDictionary(r => r.Key, r => r.Value.Realm, StringComparer.Ordinal), problems, announcement)
        {
            Descriptions = descriptions,
            Versions = realms.Values.Select(r => (Path: r.Realm.Path + Realm.Description, Json: descriptions[r.Realm.Id])).Append((Path: RealmSet.AnnouncementPath, Json: announcement))
                .ToFrozenDictionary(said => said.Path, said => BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(said.Json)), StringComparer.Ordinal),
        };
    }

    private static IEnumerable<string> Folders(string root, List<RealmProblem> problems)
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

    private static (Realm Realm, JsonObject Json) ReadOne(string folder, string dist)
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

        return Parse(id, folder, File.ReadAllBytes(file.FullName));
    }

    private static (Realm Realm, JsonObject Json) Parse(string id, string folder, byte[] bytes)
    {
        JsonObject json;
        try
        {
            json = JsonNode.Parse(JsonText.WithoutBom(bytes)) as JsonObject
                ?? throw new InvalidDataException($"{Realm.FileName} is not a JSON object.");
            // A name that stands twice is only found when somebody looks.
            _ = json.Count;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"{Realm.FileName} is not valid JSON: {e.Message}", e);
        }

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
        return (new(id, name, index, folder), json);
    }

    private static string? Text(JsonObject json, string name) => json[name] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        _ => throw new InvalidDataException($"{Realm.FileName}: \"{name}\" must be a text."),
    };
}
