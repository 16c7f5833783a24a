using System.Collections.Frozen;
using Fleet.RealmServer.Content;
using Fleet.RealmServer.HostShells;
using Fleet.ServiceDefaults;

namespace Fleet.Tests.RealmServer;

public sealed class SiteRulesTests
{
    private static readonly RealmSet s_realms = new(
        new Dictionary<string, Realm> { ["elements"] = new("elements", "Elements", "table", "/nowhere") }.ToFrozenDictionary(StringComparer.Ordinal), [], default)
    {
        Locked = new[] { "MY_NOTES" }.ToFrozenSet(FolderNames.Alike),
    };

    [Theory]
    [InlineData("/", "HostApp", "")]
    [InlineData("/_standby", "Shell", "")]
    [InlineData("/index.html", "Shell", "")]
    [InlineData("/_nothing", "NotFound", "")]
    [InlineData("/_headers", "NotFound", "")]
    [InlineData("/_framework/blazor.webassembly.js", "HostFile", "")]
    [InlineData("/_next/static/chunks/main.js", "HostFile", "")]
    [InlineData("/_nuxt/", "HostFile", "")]
    [InlineData("/elements", "Redirect", "table")]
    [InlineData("/elements/", "Card", "table")]
    [InlineData("/elements/table", "Redirect", "table")]
    [InlineData("/elements/hydrogen", "Card", "hydrogen")]
    [InlineData("/elements/_cards", "Cards", "")]
    [InlineData("/elements/_realm", "Realm", "")]
    [InlineData("/elements/_other", "NotFound", "")]
    [InlineData("/elements/hydrogen/", "NotFound", "")]
    [InlineData("/elements/a/b", "NotFound", "")]
    [InlineData("/elements/realm.json", "NotFound", "")]
    [InlineData("/elements/hydrogen.json", "NotFound", "")]
    [InlineData("/elements/..", "NotFound", "")]
    [InlineData("/elements/..\\realm", "NotFound", "")]
    [InlineData("/elements/%2e%2e", "NotFound", "")]
    [InlineData("/elements//", "NotFound", "")]
    [InlineData("/Elements/hydrogen", "HostApp", "")]
    [InlineData("/my-notes", "NotFound", "")]
    [InlineData("/my-notes/diary", "NotFound", "")]
    [InlineData("/My_Notes/diary", "NotFound", "")]
    [InlineData("/my-notes-of-all/diary", "HostApp", "")]
    [InlineData("/elementsx/hydrogen", "HostApp", "")]
    [InlineData("/assets/app.js", "HostApp", "")]
    [InlineData("//elements/hydrogen", "HostApp", "")]
    public void Route_Path_IsClassifiedByItsText(string path, string place, string card)
    {
        var route = SiteRoute.Of(path, s_realms);

        Assert.Equal(place, route.Place.ToString());
        Assert.Equal(card, route.Card);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("*/*", false)]
    [InlineData("text/html", false)]
    [InlineData("application/json", true)]
    [InlineData("Application/JSON", true)]
    [InlineData("application/json, text/html", false)]
    [InlineData("application/json, text/html;q=0.9", true)]
    [InlineData("text/html, application/json;q=0.9", false)]
    [InlineData("application/json, */*", true)]
    [InlineData("application/json;q=0", false)]
    [InlineData("application/json;q=nonsense", true)]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", false)]
    public void PrefersJson_AcceptHeader_OnlyIfNamed(string? accept, bool expected) => Assert.Equal(expected, AcceptHeader.PrefersJson(accept));

    [Theory]
    [InlineData("/assets/index-BRBmoGS9.js", true)]
    [InlineData("/index-BRBmoGS9/font-awesome5.css", false)]
    [InlineData("/_next/static/chunks/08mika-44sn50.js", true)]
    [InlineData("/_next/data/about.json", false)]
    [InlineData("/_app/immutable/entry/start.js", true)]
    [InlineData("/_app/version.json", false)]
    [InlineData("/_astro/about.css", true)]
    [InlineData("/_nuxt/builds/latest.json", false)]
    [InlineData("/_framework/blazor.webassembly.js", false)]
    public void Caching_Path_IsImmutableOnlyWithAHashOrInAFolderOfSuchFiles(string path, bool immutable) =>
        Assert.Equal(immutable ? AssetCaching.Immutable : AssetCaching.Revalidate, AssetCaching.For(path));

    [Theory]
    [InlineData("hydrogen", true)]
    [InlineData("-", true)]
    [InlineData("Bell_Rock-2", true)]
    [InlineData("", false)]
    [InlineData("_cards", false)]
    [InlineData("a.b", false)]
    [InlineData("a/b", false)]
    [InlineData("a\\b", false)]
    [InlineData("a%2fb", false)]
    [InlineData("a b", false)]
    [InlineData("é", false)]
    [InlineData("a\0", false)]
    public void CardId_Text_IsPlainOrRefused(string text, bool valid) => Assert.Equal(valid, CardId.IsValid(text));

    [Fact]
    public void CardId_Length_EndsAt64()
    {
        Assert.True(CardId.IsValid(new string('a', 64)));
        Assert.False(CardId.IsValid(new string('a', 65)));
    }

    [Theory]
    [InlineData("http://127.0.0.1:5100", "http://127.0.0.1:5100/")]
    [InlineData("http://+:5100", "http://127.0.0.1:5100/")]
    [InlineData("http://*:80", "http://127.0.0.1/")]
    [InlineData("http://0.0.0.0:5100", "http://127.0.0.1:5100/")]
    [InlineData("http://[::]:5100", "http://127.0.0.1:5100/")]
    [InlineData("https://localhost:5101", "https://localhost:5101/")]
    public void Dialable_BoundAddress_HasAHost(string bound, string expected) => Assert.Equal(expected, PublicAddress.Dialable(bound));

    [Theory]
    [InlineData("\"a\"", true)]
    [InlineData("\"b\", \"a\"", true)]
    [InlineData("*", true)]
    [InlineData("W/\"a\"", false)]
    [InlineData("\"b\"", false)]
    [InlineData("a", false)]
    [InlineData("", false)]
    public void IfMatch_Header_HoldsForTheSameStrongTag(string header, bool expected) => Assert.Equal(expected, IfMatch.Holds(header, "\"a\""));

    [Theory]
    [InlineData("\"a\"", true)]
    [InlineData("W/\"a\"", true)]
    [InlineData("\"b\", \"a\"", true)]
    [InlineData("*", true)]
    [InlineData("\"b\"", false)]
    [InlineData("a", false)]
    [InlineData("", false)]
    public void IfNoneMatch_Header_HoldsForTheSameTag(string header, bool expected) => Assert.Equal(expected, IfNoneMatch.Holds(header, "\"a\""));
}
