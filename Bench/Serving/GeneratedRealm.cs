using System.Text.Json;

namespace Fleet.Bench.Serving;

/// <summary>A realm of many cards in a temp folder. Each card reads ten others, as cards do that embed some and link to more.</summary>
internal sealed class GeneratedRealm : IDisposable
{
    /// <summary>Cards that a card's page reads, beside its own.</summary>
    public const int Reads = 10;

    public const string Name = "many";

    private const string Sentence = "The quick brown fox looks at the lighthouse of Fastnet and goes its way. ";

    public GeneratedRealm(int cards)
    {
        Cards = cards;
        var folder = Directory.CreateDirectory(Path.Combine(Root, Name)).FullName;
        File.WriteAllText(Path.Combine(folder, "realm.json"), """{ "name": "Many" }""");
        for (var card = 0; card < cards; card++)
        {
            File.WriteAllText(Path.Combine(folder, IdOf(card) + ".json"), JsonSerializer.Serialize(new
            {
                title = $"Card {card}",
                description = Sentence,
                text = Enumerable.Repeat(Sentence, 8 + (card % 16)),
                attributes = new { number = card, even = card % 2 == 0 },
                links = new { seeAlso = ReadsOf(card).Select(IdOf) },
            }));
        }
    }

    public int Cards { get; }

    public string Root { get; } = Directory.CreateTempSubdirectory("fleet-bench-").FullName;

    /// <summary>The realm's index card is one of them.</summary>
    public static string IdOf(int card) => card == 0 ? "index" : $"card-{card}";

    public IEnumerable<int> ReadsOf(int card) => Enumerable.Range(1, Reads).Select(step => (card + (step * step * 7)) % Cards);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
