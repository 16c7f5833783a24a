using System.Text.Json;
using Fleet.Tests.Docs;

namespace Fleet.Tests.Sample;

/// <summary>The sample's files, where they are written and not where they are copied to.</summary>
internal static class SampleFiles
{
    public static string HostApp => Repository.File("Samples/HostApp");

    public static string Realms => Repository.File("Samples/Realms");

    /// <summary>Names of the realms.</summary>
    public static IEnumerable<string> RealmNames => Directory.GetDirectories(Realms).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal);

    /// <summary>The cards of a realm by their ids.</summary>
    public static SortedDictionary<string, JsonElement> Cards(string realm) => new(
        Directory.GetFiles(Path.Combine(Realms, realm), "*.json")
            .Where(file => Path.GetFileName(file) != "realm.json")
            .ToDictionary(file => Path.GetFileNameWithoutExtension(file), Json),
        StringComparer.Ordinal);

    /// <summary>Reads a file as JSON; a syntax error names the file.</summary>
    public static JsonElement Json(string file)
    {
        try
        {
            return JsonElement.Parse(File.ReadAllBytes(file));
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{file} is not JSON: {e.Message}", e);
        }
    }
}
