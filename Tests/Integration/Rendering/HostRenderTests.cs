using System.Diagnostics;
using Fleet.Contracts;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.Tests.Browser;

namespace Fleet.Tests.Rendering;

/// <summary>Renders of a cooperative host, through HTTP, pool and a real browser.</summary>
[Collection(ServerCollection.Name)]
public sealed class HostRenderTests(ServerFixture server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Render_SmallestRequest_GivesAllFormatsOnTheCurrentShell()
    {
        var result = await server.RenderAsync(new() { Url = Card("hydrogen") }, Token);
        Assert.Equal(RenderOutcome.Rendered, result.Outcome);
        Assert.Equal(200, result.Status);
        Assert.Equal(Enum.GetValues<RenderFormat>().Length - 2, result.Formats.Count);
        Assert.Equal("<i>atom of hydrogen</i>", result.Formats[RenderFormat.Atom]);
        Assert.True(result.Shell is { Token: "token-a", Current: true, Generation: > 0 }, $"{result.Shell}");
        Assert.Equal("prerender-test", result.Page!.Server);
        Assert.Null(result.Diagnostics);
    }

    [Fact]
    public async Task Render_SameAffinityAgain_IsWarmAndNeedsNoNavigation()
    {
        await server.RenderAsync(new() { Url = Card("helium"), Affinity = "user:warm" }, Token);
        server.Site.ForgetHits();
        var again = await server.RenderAsync(new() { Url = Card("lithium"), Affinity = "user:warm", Formats = [RenderFormat.Atom] }, Token);
        Assert.True(again.Page!.Warm);
        Assert.Equal([RenderFormat.Atom], again.Formats.Keys);
        Assert.Equal(0, server.Site.Hits("/elements/lithium"));
    }

    [Fact]
    public async Task Render_Data_IsExtractedAndNothingIsRendered()
    {
        var result = await server.RenderAsync(new() { Url = Card("boron"), Formats = [RenderFormat.Data] }, Token);
        Assert.Equal(RenderOutcome.Rendered, result.Outcome);
        Assert.Equal("boron", result.Data!.Value.GetProperty("extracted").GetString());
        Assert.Empty(result.Formats);
    }

    [Fact]
    public async Task Render_PageFetches_AreDependencies()
    {
        server.Site.Page("/elements/read.json", "{}");
        var result = await server.RenderAsync(new() { Url = Card("fetches"), Affinity = $"realm:{server.Site["elements/"]}" }, Token);
        Assert.Equal([Card("fetches"), server.Site["elements/read.json"].AbsoluteUri], result.Deps);
    }

    [Theory]
    [InlineData("missing", RenderOutcome.Failed, "404")]
    [InlineData("private", RenderOutcome.Unauthorized, "sign in")]
    [InlineData("offline", RenderOutcome.NoVerdict, "the API is away")]
    [InlineData("throws", RenderOutcome.Failed, "the card is broken")]
    public async Task Render_PageThatDoesNotRender_SaysHowItEnded(string card, RenderOutcome outcome, string says)
    {
        var result = await server.RenderAsync(new() { Url = Card(card) }, Token);
        Assert.Equal(outcome, result.Outcome);
        Assert.Contains(says, result.Diagnostics!.Message, StringComparison.Ordinal);
        await AssertRendersAsync();
    }

    [Theory]
    [InlineData("loop", true)]
    [InlineData("regex", true)]
    [InlineData("microtasks", true)]
    [InlineData("frames", false)]
    [InlineData("never", false)]
    public async Task Render_PageThatNeverEnds_TimesOutWithinTheDeadlineAndTheSlotIsFreed(string card, bool stack)
    {
        // With a warm page, the whole deadline is for the render.
        await server.RenderAsync(new() { Url = Card("argon"), Affinity = $"user:{card}" }, Token);
        var start = Stopwatch.GetTimestamp();
        var result = await server.RenderAsync(new() { Url = Card(card), DeadlineMs = 1_600, Affinity = $"user:{card}" }, Token);
        var took = Stopwatch.GetElapsedTime(start);
        Assert.Equal(RenderOutcome.TimedOut, result.Outcome);
        Assert.Equal("render", result.Diagnostics!.Stage);
        Assert.True(took < TimeSpan.FromSeconds(10), $"The answer took {took}.");
        if (stack)
        {
            await server.StackAsync(result);
        }

        await Eventually.Async(
            () => server.Pool.Snapshot.Slots.All(s => s.State is not (SlotState.Leased or SlotState.Draining)), "the late page's slot is given back",
            () => string.Join(", ", server.Pool.Snapshot.Slots.Select(s => s.State)));
        await AssertRendersAsync();
    }

    [Fact]
    public async Task Render_WhileAnotherPageLoops_IsNotHeldUp()
    {
        using var client = new CancellationTokenSource();
        var looping = server.RenderAsync(new() { Url = Card("loop"), DeadlineMs = 120_000, Affinity = "user:looping" }, client.Token);
        await Eventually.Async(() => Leased("user:looping"), "the looping visit has its page");
        for (var i = 0; i < 10; i++)
        {
            await AssertRendersAsync();
        }

        Assert.False(looping.IsCompleted, "The looping visit ended by itself.");
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => looping);
    }

    [Fact]
    public async Task Render_ClientDisconnects_SlotIsFreeLongBeforeTheDeadline()
    {
        using var client = new CancellationTokenSource();
        var abandoned = server.RenderAsync(new() { Url = Card("loop"), DeadlineMs = 60_000, Affinity = "user:gone" }, client.Token);
        await Eventually.Async(() => Leased("user:gone"), "the visit has its page");
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        await Eventually.Async(() => !Leased("user:gone"), "its slot is free", () => string.Join(", ", server.Pool.Snapshot.Slots));
    }

    [Fact]
    public async Task Render_ShellChanges_ResultsAreOnTheNewOne()
    {
        await server.RenderAsync(new() { Url = Card("neon"), Affinity = "user:shell" }, Token);
        server.Site.ShellToken = "token-b";
        try
        {
            await server.Registry.HostShells.ClaimAsync(new("token-b", "test", DateTimeOffset.UnixEpoch, Force: true), Token);
            RenderResult? result = null;
            await Eventually.Async(() => server.Pool.Snapshot.Totals.ShellToken == "token-b", "the server heard of the new shell");
            result = await server.RenderAsync(new() { Url = Card("neon"), Affinity = "user:shell" }, Token);
            Assert.True(result.Shell is { Token: "token-b", Current: true }, $"{result.Shell}");
        }
        finally
        {
            server.Site.ShellToken = "token-a";
            await server.Registry.HostShells.ClaimAsync(new("token-a", "test", DateTimeOffset.UnixEpoch, Force: true), Token);
            await Eventually.Async(() => server.Pool.Snapshot.Totals.ShellToken == "token-a", "the server heard of the old shell");
        }
    }

    private async Task AssertRendersAsync()
    {
        var result = await server.RenderAsync(new() { Url = Card("argon"), Formats = [RenderFormat.Atom] }, Token);
        Assert.Equal("<i>atom of argon</i>", result.Formats.GetValueOrDefault(RenderFormat.Atom));
    }

    private bool Leased(string affinity) => server.Pool.Snapshot.Slots.Any(s => s.State == SlotState.Leased && s.Affinity == affinity);

    private string Card(string name) => server.Site[$"elements/{name}"].AbsoluteUri;
}
