using System.Text.Json;

namespace Fleet.RealmServer.Site.Search;

/// <summary>The searchable text of a page, which the host app provides in <c>data.searchDoc</c>.</summary>
internal sealed class SearchDocument
{
    private const double TitleWeight = 10;

    private const double DescriptionWeight = 3;

    private readonly string _title;
    private readonly string _description;
    private readonly string _text;

    private SearchDocument(string url, string realm, string title, string description, string text)
    {
        (Url, Realm, Title, Description) = (url, realm, title, description);
        (_title, _description, _text) = (Fold(title), Fold(description), Fold(text));
    }

    public string Url { get; }

    public string Realm { get; }

    public string Title { get; }

    public string Description { get; }

    /// <summary>Reads a search document; null if the JSON has none with a title.</summary>
    /// <param name="url">URL of the page.</param>
    /// <param name="realm">URL of the page's realm.</param>
    /// <param name="json">The page's data from the host app; null if there is none.</param>
    public static SearchDocument? Read(string url, string realm, string? json)
    {
        if (json is null)
        {
            return null;
        }

        try
        {
            using var parsed = JsonDocument.Parse(json);
            return parsed.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("searchDoc", out var doc) && doc.ValueKind == JsonValueKind.Object
                && Text(doc, "title") is { Length: > 0 } title
                    ? new(url, realm, title, Text(doc, "description"), Text(doc, "text") + "\n" + Values(doc))
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Folds text for comparison: to lower case. Accents are kept, since stripping them needs ICU, which is not installed everywhere.</summary>
    public static string Fold(string text) => text.ToLowerInvariant();

    /// <summary>How well the document matches; 0 if it lacks one of the words.</summary>
    /// <param name="words">The folded words; each must be the prefix of a word in the document.</param>
    public double Score(IReadOnlyList<string> words)
    {
        var score = 0d;
        foreach (var word in words)
        {
            var found = (TitleWeight * Count(_title, word)) + (DescriptionWeight * Count(_description, word)) + Math.Log(1 + Count(_text, word));
            if (found == 0)
            {
                return 0;
            }

            score += found;
        }

        return score;
    }

    private static int Count(string text, string word)
    {
        var count = 0;
        for (var at = text.IndexOf(word, StringComparison.Ordinal); at >= 0; at = text.IndexOf(word, at + word.Length, StringComparison.Ordinal))
        {
            count += at == 0 || !char.IsLetterOrDigit(text[at - 1]) ? 1 : 0;
        }

        return count;
    }

    private static string Text(JsonElement doc, string name) =>
        doc.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";

    private static string Values(JsonElement doc) => doc.TryGetProperty("attributes", out var attributes) && attributes.ValueKind == JsonValueKind.Object
        ? string.Join('\n', attributes.EnumerateObject().Where(value => value.Value.ValueKind is not JsonValueKind.Null).Select(value => value.Value.ToString()))
        : "";
}
