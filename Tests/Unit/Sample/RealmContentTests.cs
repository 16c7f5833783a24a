using System.Text.Json;
using System.Text.RegularExpressions;

namespace Fleet.Tests.Sample;

/// <summary>What holds for every realm of the sample.</summary>
public sealed partial class RealmContentTests
{
    public static TheoryData<string> Realms => [.. SampleFiles.RealmNames];

    [Theory]
    [MemberData(nameof(Realms))]
    public void Realm_Described_HasNameAndIndexCard(string realm)
    {
        var description = SampleFiles.Json(Path.Combine(SampleFiles.Realms, realm, "realm.json"));

        Assert.NotEmpty(description.GetProperty("name").GetString()!);
        Assert.NotEmpty(description.GetProperty("description").GetString()!);
        Assert.Contains(description.GetProperty("index").GetString()!, SampleFiles.Cards(realm).Keys);
    }

    [Theory]
    [MemberData(nameof(Realms))]
    public void Cards_OfRealm_HaveIdTypeTitleAndDescription(string realm) => Assert.All(SampleFiles.Cards(realm), card =>
    {
        Assert.Matches(Id(), card.Key);
        foreach (var field in (string[])["type", "title", "description"])
        {
            Assert.True(
                card.Value.TryGetProperty(field, out var text) && text.ValueKind == JsonValueKind.String && text.GetString()!.Trim() is { Length: > 0 },
                $"{realm}/{card.Key} has no {field}.");
        }
    });

    [Theory]
    [MemberData(nameof(Realms))]
    public void Cards_OfRealm_ReferToCardsThatExist(string realm)
    {
        var cards = SampleFiles.Cards(realm);

        var dangling = cards.SelectMany(card => CardReferences.Of(card.Value).Where(target => !Exists(realm, target)).Select(target => $"{card.Key} → {target}"));

        Assert.Empty(dangling);
    }

    [Theory]
    [MemberData(nameof(Realms))]
    public void Cards_OfRealm_AreReachedFromTheIndex(string realm)
    {
        var cards = SampleFiles.Cards(realm);
        HashSet<string> reached = ["index"];
        for (Queue<string> next = new(reached); next.TryDequeue(out var id);)
        {
            foreach (var target in CardReferences.Of(cards[id]).Where(target => cards.ContainsKey(target) && reached.Add(target)))
            {
                next.Enqueue(target);
            }
        }

        Assert.Empty(cards.Keys.Except(reached));
    }

    [Fact]
    public void Realms_OfSample_LookDifferent()
    {
        var themes = SampleFiles.RealmNames.Select(realm => SampleFiles.Json(Path.Combine(SampleFiles.Realms, realm, "realm.json")).GetProperty("theme").GetRawText());

        Assert.True(themes.Distinct().Count() >= 2);
    }

    // A path names a card of any realm of the sample.
    private static bool Exists(string realm, string target)
    {
        var path = target.StartsWith('/') ? target[1..] : $"{realm}/{target}";
        return File.Exists(Path.Combine(SampleFiles.Realms, path + ".json"));
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,63}$")]
    private static partial Regex Id();
}
