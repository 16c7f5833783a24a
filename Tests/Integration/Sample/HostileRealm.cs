using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fleet.Tests.Sample;

/// <summary>A realm in which every field tries to inject markup where it is shown.</summary>
internal static class HostileRealm
{
    public const string Name = "hostile";

    private const string Markup = """
        "'`><script>globalThis.broken = 1</script><img src=x onerror="globalThis.broken = 2"></title></style></svg><a href="javascript:0">${globalThis.broken = 3}<!--fleet:body-->
        """;

    /// <summary>Ids of its cards: one of each type that the host app knows, and of types that it does not.</summary>
    public static string[] Cards { get; } = ["index", "element", "element-family", "periodic-table", "lighthouse", "coast", "unheard-of", "constructor"];

    public static void Write(string folder)
    {
        var realm = new
        {
            name = Markup,
            description = Markup,
            index = "index",
            theme = new { font = Markup, layout = Markup, light = new { accent = "red;background:url(//x)", ground = Markup }, dark = 5 },
        };
        File.WriteAllText(Path.Combine(folder, "realm.json"), JsonSerializer.Serialize(realm));
        foreach (var id in Cards)
        {
            File.WriteAllText(Path.Combine(folder, id + ".json"), Card(id).ToJsonString());
        }
    }

    private static JsonObject Card(string type) => new()
    {
        ["type"] = type,
        ["title"] = Markup,
        ["description"] = Markup,
        ["text"] = new JsonArray(Markup, 5, null, new JsonObject()),
        ["attributes"] = Attributes(),
        ["links"] = Links(),
        ["embeds"] = new JsonObject
        {
            [Markup] = Embed(Markup, "element", "../../etc/passwd", "missing"),
            ["elements"] = Embed("fitted", "element", "lighthouse"),
            ["families"] = Embed("atom", "element-family", "coast"),
            ["towers"] = Embed("embedded", "lighthouse", "unheard-of"),
            ["nothing"] = 5,
        },
    };

    private static JsonObject Attributes()
    {
        var attributes = new JsonObject { [Markup] = Markup, ["__proto__"] = new JsonObject(), ["uses"] = new JsonArray(Markup), ["colours"] = new JsonArray(Markup) };
        foreach (var name in (string[])
            ["symbol", "number", "category", "group", "period", "block", "weight", "massNumber", "phase", "density", "electronegativity", "configuration", "discovered",
                "discoveredBy", "appearance", "country", "waters", "position", "built", "character", "material", "shape", "pattern", "lantern", "base"])
        {
            attributes[name] = Markup;
        }

        attributes["height"] = 10;
        return attributes;
    }

    private static JsonObject Links()
    {
        var links = new JsonObject();
        foreach (var name in (string[])["family", "above", "below", "previous", "next", "foundWith", "related", "nearby", "readMore", "guides", Markup])
        {
            links[name] = new JsonArray("javascript:globalThis.broken = 4", "java\tscript:0", " javascript:0", "data:text/html,<script>1</script>", "vbscript:0", Markup, "element");
        }

        return links;
    }

    private static JsonObject Embed(string format, params string[] cards) =>
        new() { ["format"] = format, ["cards"] = new JsonArray([.. cards.Select(card => JsonValue.Create(card))]) };
}
