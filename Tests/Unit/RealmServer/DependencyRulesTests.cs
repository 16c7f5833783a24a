using Fleet.Contracts;
using Fleet.RealmServer.Content;
using Fleet.RealmServer.Rendering;
using Fleet.Registry.Pages;

namespace Fleet.Tests.RealmServer;

/// <summary>What is rendered after a change, in which order, and when a page is newer than the stored one.</summary>
public sealed class DependencyRulesTests
{
    // a is read by b, b by c; d and e read each other; x changed.
    [Theory]
    [InlineData("a", "a | b | c")]
    [InlineData("b", "b | c | a")]
    [InlineData("a b c", "a b c")]
    [InlineData("", "a b c")]
    public void ByDepth_Changed_ThenItsReadersThenTheRest(string changed, string expected)
    {
        var due = new[] { "a", "b", "c" }.Select(Source).ToList();
        var facts = Facts(("b", ["a"]), ("c", ["b", "c"]));

        var levels = DependencyRules.ByDepth(due, entry => changed.Split(' ').Contains(entry.CardId), facts);

        Assert.Equal(expected, string.Join(" | ", levels.Select(level => string.Join(' ', level.Select(entry => entry.CardId)))));
    }

    [Fact]
    public void ByDepth_Cycle_ContainsEachOnce()
    {
        var levels = DependencyRules.ByDepth(
            [Source("d"), Source("e")], entry => entry.CardId == "d", Facts(("d", ["e", "d"]), ("e", ["d", "e"])));

        Assert.Equal(["d", "e"], levels.SelectMany(level => level).Select(entry => entry.CardId));
    }

    [Theory]
    [InlineData("b a a?x=1 b#y", true)]
    [InlineData("a", false)]
    [InlineData("a b gone", false)]
    public void TagOf_WhatWasRead_IsTheSameInWhateverOrder(string read, bool same) =>
        Assert.Equal(same, Tag("a b", id => id.Length) == Tag(read, id => id.Length));

    [Fact]
    public void TagOf_VersionOfOne_AnOlderOneOrNoneIsAnotherToo()
    {
        var tags = new long?[] { 7, 8, 6, 0 }.Select(version => Tag("a b", id => id == "b" ? version : 7)).ToList();

        Assert.Equal(tags, tags.Distinct());
        Assert.DoesNotContain(null, tags);
        Assert.Null(Tag("a b", id => id == "b" ? null : 7));
    }

    // The stored page has version 100 and was rendered from card 5 and deps "x"; the columns are the start of a render and its fingerprint.
    [Theory]
    [InlineData(5, "x", 500, 100)]
    [InlineData(5, "y", 500, 500)]
    [InlineData(4, "x", 500, 500)]
    [InlineData(5, "y", 50, 101)]
    [InlineData(5, null, 500, 500)]
    public void VersionOfRender_SawAnotherSource_IsHigherWhateverTheClock(long card, string? deps, long began, long expected) =>
        Assert.Equal(expected, new RenderBasis(100, new(5, "x"), _ => null).VersionOfRender(new(card, deps), began));

    [Fact]
    public void VersionOfRender_NothingStoredOrOfEarlierTimes_OrdersByTheBeginning()
    {
        Assert.Equal(50, new RenderBasis(null, null, _ => null).VersionOfRender(new(5, "x"), 50));
        Assert.Equal(101, new RenderBasis(100, null, _ => null).VersionOfRender(new(5, "x"), 50));
        Assert.Equal(500, new RenderBasis(100, new(5, null), _ => null).VersionOfRender(new(5, null), 500));
    }

    private static string? Tag(string read, Func<string, long?> versionOf) => DependencyRules.TagOf(read.Split(' '), versionOf);

    private static PageSource Source(string id) => new("http://h/r/", "http://h/r/" + id, 1, new("r", "R", "index", "/r"), id);

    private static Dictionary<string, PageFacts> Facts(params (string Id, string[] Deps)[] pages) => pages.ToDictionary(
        page => Source(page.Id).Key,
        page => new PageFacts { Status = 200, RenderedAt = default, Deps = [.. page.Deps.Select(dep => "http://h/r/" + dep)] });
}
