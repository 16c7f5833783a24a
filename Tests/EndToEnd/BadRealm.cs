using System.Text.Json;
using Fleet.Tests.RealmServer;

namespace Fleet.Tests.EndToEnd;

/// <summary>A realm with many faulty cards.</summary>
internal static class BadRealm
{
    /// <summary>Content that a card may have and that a page must not execute.</summary>
    public const string Markup = "</title></script><script>globalThis.broken = 1</script><img src=x onerror=\"globalThis.broken = 1\"><!--fleet:body-->${1}$&";

    public static void Write(TempFolder realms)
    {
        realms.Write("bad/realm.json", """{ "name": "Bad" }""");
        realms.Write("bad/index.json", """{ "title": "All", "links": { "all": ["invalid", "throws", "cycle-a"] } }""");
        realms.Write("bad/invalid.json", "{ \"title\": ");
        realms.Write("bad/throws.json", """{ "title": "Throw" }""");
        realms.Write("bad/turns.json", """{ "title": "Turns", "text": ["It was good once."] }""");
        realms.Write("bad/injection.json", JsonSerializer.Serialize(new
        {
            title = Markup, description = Markup, text = new[] { Markup }, attributes = new Dictionary<string, string> { [Markup] = Markup },
            links = new Dictionary<string, string[]> { [Markup] = ["javascript:alert(1)", Markup] },
        }));
        realms.Write("bad/cycle-a.json", """{ "title": "A", "links": { "to": "cycle-b" }, "embeds": { "in": { "format": "embedded", "cards": ["cycle-b"] } } }""");
        realms.Write("bad/cycle-b.json", """{ "title": "B", "links": { "to": "cycle-a" }, "embeds": { "in": { "format": "embedded", "cards": ["cycle-a", "cycle-b"] } } }""");
        realms.Write("bad/missing.json", """{ "title": "Missing", "links": { "to": "no-such-card" }, "embeds": { "in": { "format": "fitted", "cards": ["no-such-card"] } } }""");
        // The card is below its bound, but its page is larger than a stored page may be.
        realms.Write("bad/five-megabytes.json", JsonSerializer.Serialize(new { title = "Long", text = new[] { new string('x', 5_000_000) } }));
        foreach (var card in Enumerable.Range(0, 30))
        {
            realms.Write($"bad/card-{card}.json", $$"""{ "title": "Card {{card}}", "links": { "next": "card-{{(card + 1) % 30}}" } }""");
        }
    }
}
