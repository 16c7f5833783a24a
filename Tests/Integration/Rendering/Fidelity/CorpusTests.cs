using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Fleet.Contracts;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Tests.Rendering.Fidelity;

/// <summary>The four properties of fidelity, each over every page of the corpus that it concerns.</summary>
[Collection(FidelityCollection.Name)]
public sealed partial class CorpusTests(ServerFixture server, VisitorBrowser visitor, CorpusTests.FirstVisits firstVisits) : IClassFixture<VisitorBrowser>, IClassFixture<CorpusTests.FirstVisits>, IDisposable
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> All => Names(PageTraits.None);

    public static TheoryData<string> WithContent => Names(PageTraits.Redirects);

    public static TheoryData<string> Still => Names(PageTraits.Redirects | PageTraits.Varies);

    public static TheoryData<int> Seeds => [7, 179498465];

    /// <summary>Round trip: the served document, parsed with scripts off, is the live page: the same tree, text and attributes, shadow roots included, and the same pixels.</summary>
    [Theory, MemberData(nameof(Still))]
    public async Task Html_CorpusPage_LooksTheSameWithoutScripts(string name)
    {
        var page = Corpus.Named(name);
        var html = (await FirstVisitAsync(page)).Formats[RenderFormat.Html];
        var (live, livePixels) = await visitor.ShowAsync(Address(page), true, LivePage.Describe, page.Text);
        // The served page has the address of the live one.
        Corpus.Serve(server.OtherApp, page, served: html);
        var (seen, pixels) = await visitor.ShowAsync(Address(page), false, LivePage.Describe);
        Assert.True(live == seen, $"{name}\nLive:\n{live}\nServed:\n{seen}\n{html}");
        // Closed roots cannot be described; the pixels show them.
        Assert.True(livePixels.AsSpan().SequenceEqual(pixels), $"The screenshots of {name} differ.\n{html}");
    }

    /// <summary>Completeness: complete content is captured even if the page never rests.</summary>
    [Theory, MemberData(nameof(WithContent))]
    public async Task Html_CorpusPage_IsCompleteAndSettles(string name)
    {
        var page = Corpus.Named(name);
        var result = await FirstVisitAsync(page);
        Assert.True((RenderOutcome.Rendered, "settled") == (result.Outcome, result.Diagnostics!.Stability), $"{name}: {result.Outcome} {result.Diagnostics}");
        // A script may have the text as well.
        Assert.Contains(page.Text, ScriptElements().Replace(result.Formats[RenderFormat.Html], ""), StringComparison.Ordinal);
    }

    /// <summary>Addresses: the requested URL is requested from the site and returned byte for byte, or the page's redirect is returned.</summary>
    [Theory, MemberData(nameof(All))]
    public async Task Html_CorpusPage_HasTheAddressThatWasAskedFor(string name)
    {
        var page = Corpus.Named(name);
        var result = await FirstVisitAsync(page);
        Assert.Equal((Url(page), page.Status, page.Location is null ? null : new Uri(server.OtherApp.Url, page.Location).AbsoluteUri),
            (result.Url, result.Status, result.RedirectUrl));
        Assert.Equal(page.Target, firstVisits.Requested[page]);
    }

    /// <summary>Independence: whatever was rendered before in the same page, all apps at the same origin, each result is that of a first visit.</summary>
    [Theory, MemberData(nameof(Seeds))]
    public async Task Html_AnySequenceOfCorpusPages_EachIsAFirstVisit(int seed)
    {
        var random = new Random(seed);
        var pages = Corpus.Pages.Where(page => !page.Traits.HasFlag(PageTraits.Varies)).ToArray();
        for (var i = 0; i < 15; i++)
        {
            var page = pages[random.Next(pages.Length)];
            var expected = Say(await FirstVisitAsync(page));
            var seen = Say(await RenderAsync(page, "user:corpus"));
            Assert.True(expected == seen, $"Seed {seed}, render {i}, {page.Name}.\nFirst visit: {expected}\nSeen: {seen}");
        }

        static string Say(RenderResult result) => $"{result.Status} {result.RedirectUrl} {result.Formats.GetValueOrDefault(RenderFormat.Html)}";
    }

    public void Dispose() => server.OtherApp.App = null;

    private async Task<RenderResult> FirstVisitAsync(CorpusPage page)
    {
        Corpus.Serve(server.OtherApp, page, target => firstVisits.Requested.TryAdd(page, target));
        if (!firstVisits.Results.TryGetValue(page, out var result))
        {
            firstVisits.Results[page] = result = await RenderAsync(page, $"user:first-{Guid.NewGuid():N}");
        }

        return result;
    }

    private async Task<RenderResult> RenderAsync(CorpusPage page, string affinity)
    {
        var result = await server.RenderAsync(new() { Url = Url(page), Affinity = affinity, Formats = [RenderFormat.Html] }, Token);
        await Eventually.Async(() => !server.Pool.Snapshot.Slots.Any(s => s.State == SlotState.Leased && s.Affinity == affinity), "the page is left");
        return result;
    }

    [GeneratedRegex("<script.*?</script>", RegexOptions.Singleline)]
    private static partial Regex ScriptElements();

    private string Url(CorpusPage page) => server.OtherApp.Url.GetLeftPart(UriPartial.Authority) + page.Target;

    private Uri Address(CorpusPage page) => new(Url(page));

    private static TheoryData<string> Names(PageTraits without) => [.. Corpus.Pages.Where(page => (page.Traits & without) == 0).Select(page => page.Name)];

    /// <summary>One result per page, of a first visit, which the checks share.</summary>
    public sealed class FirstVisits
    {
        internal ConcurrentDictionary<CorpusPage, RenderResult> Results { get; } = new();

        /// <summary>The target of the first request for the document.</summary>
        internal ConcurrentDictionary<CorpusPage, string> Requested { get; } = new();
    }
}
