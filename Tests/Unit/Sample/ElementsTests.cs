using System.Text.Json;

namespace Fleet.Tests.Sample;

/// <summary>The realm of the elements is complete, and its facts agree with one another.</summary>
public sealed class ElementsTests
{
    private static readonly SortedDictionary<string, JsonElement> s_cards = SampleFiles.Cards("elements");

    private static readonly KeyValuePair<string, JsonElement>[] s_elements =
        [.. s_cards.Where(card => card.Value.GetProperty("type").GetString() == "element").OrderBy(card => Number(card.Value))];

    [Fact]
    public void Elements_InAll_AreNumberedFrom1To118() =>
        Assert.Equal(Enumerable.Range(1, 118), s_elements.Select(element => Number(element.Value)));

    [Fact]
    public void Elements_InAll_HaveSymbolsOfTheirOwn()
    {
        var symbols = s_elements.Select(element => element.Value.GetProperty("attributes").GetProperty("symbol").GetString()!).ToList();

        Assert.Equal(symbols.Count, symbols.Distinct().Count());
        Assert.All(symbols, symbol => Assert.Matches("^[A-Z][a-z]?$", symbol));
    }

    [Fact]
    public void Elements_InAll_HaveEveryAttribute()
    {
        string[] expected = [.. s_elements[0].Value.GetProperty("attributes").EnumerateObject().Select(attribute => attribute.Name)];

        Assert.All(s_elements, element => Assert.Equal(expected, element.Value.GetProperty("attributes").EnumerateObject().Select(attribute => attribute.Name)));
    }

    [Fact]
    public void Elements_InAll_HaveWeightOrMassNumber() => Assert.All(s_elements, element =>
        Assert.True(Attribute(element.Value, "weight") is null ^ Attribute(element.Value, "massNumber") is null, $"{element.Key} needs one of the two."));

    [Fact]
    public void Elements_InAll_BoilAboveTheirMeltingPoint() => Assert.All(s_elements, element =>
        Assert.False(Attribute(element.Value, "boilingPoint") < Attribute(element.Value, "meltingPoint"), element.Key));

    [Fact]
    public void Elements_Each_HasItsOwnPlace()
    {
        var places = s_elements.Select(element => (Group: Attribute(element.Value, "group"), Period: Attribute(element.Value, "period"))).ToList();
        var inGroups = places.Where(place => place.Group is not null).ToList();

        Assert.Equal(inGroups.Count, inGroups.Distinct().Count());
        Assert.Equal(28, places.Count - inGroups.Count);
        Assert.All(places, place => Assert.True(place.Period is >= 1 and <= 7 && place.Group is null or (>= 1 and <= 18)));
    }

    [Fact]
    public void Elements_InAll_HaveAsManyElectronsAsTheirNumber() => Assert.All(s_elements, element =>
        Assert.Equal(Number(element.Value), Electrons(element.Value.GetProperty("attributes").GetProperty("configuration").GetString()!)));

    [Fact]
    public void Elements_Each_HasTwoOrThreeSentences() => Assert.All(s_elements, element =>
    {
        var story = string.Join(' ', [element.Value.GetProperty("description").GetString()!, .. CardReferences.Strings(element.Value.GetProperty("text"))]);
        var sentences = story.Split(". ").Length;
        Assert.True(sentences is 2 or 3, $"{element.Key} has {sentences} sentences.");
    });

    [Fact]
    public void Elements_ByNumber_LinkToTheNextAndBack()
    {
        foreach (var (element, next) in s_elements.Zip(s_elements.Skip(1)))
        {
            Assert.Equal(next.Key, element.Value.GetProperty("links").GetProperty("next").GetString());
            Assert.Equal(element.Key, next.Value.GetProperty("links").GetProperty("previous").GetString());
        }
    }

    [Fact]
    public void Families_InAll_EmbedTheirMembers()
    {
        foreach (var members in s_elements.GroupBy(element => element.Value.GetProperty("links").GetProperty("family").GetString()!))
        {
            Assert.Equal(members.Select(element => element.Key), CardReferences.Embeds(s_cards[members.Key]));
        }
    }

    [Fact]
    public void Index_OfElements_EmbedsThemAllFitted()
    {
        var embed = s_cards["index"].GetProperty("embeds").GetProperty("elements");

        Assert.Equal("fitted", embed.GetProperty("format").GetString());
        Assert.Equal(s_elements.Select(element => element.Key), CardReferences.Strings(embed.GetProperty("cards")));
    }

    private static int Number(JsonElement element) => element.GetProperty("attributes").GetProperty("number").GetInt32();

    private static double? Attribute(JsonElement element, string name) =>
        element.GetProperty("attributes").GetProperty(name) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : null;

    // "[He] 2s² 2p⁴" has helium's two, two and four.
    private static int Electrons(string configuration)
    {
        var shells = configuration.Split(' ');
        var core = shells[0] is ['[', .. var symbol, ']'] ? s_elements.Single(e => e.Value.GetProperty("attributes").GetProperty("symbol").GetString() == symbol) : default;
        return (core.Key is null ? 0 : Number(core.Value)) + shells.Skip(core.Key is null ? 0 : 1).Sum(shell => Superscript(shell[2..]));
    }

    private static int Superscript(string digits) => digits.Aggregate(0, (sum, digit) => (sum * 10) + "⁰¹²³⁴⁵⁶⁷⁸⁹".IndexOf(digit, StringComparison.Ordinal));
}
