using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Rendering.Diagnostics;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.ServiceDefaults;

namespace Fleet.Tests.Rendering;

public sealed class TimeoutDiagnosisTests
{
    private static readonly RenderOperation s_visit = new(
        new("http://h/r/a"), AffinityKey.Realm("http://h/r/"), [RenderFormat.Atom, RenderFormat.Head], new Deadline(TimeSpan.FromSeconds(4), TimeProvider.System), 0, default, "id", "");

    [Fact]
    public async Task Ask_PageThatWaits_SaysForWhatAndGivesWhatIsFinished()
    {
        var late = await AskAsync(new() { Answer = _ => """{"stage":"read","inFlight":["http://h/r/b"],"formats":{"atom":"<i>a</i>","icon":"not asked for","head":7}}""" });
        Assert.Equal("The deadline of 4000 ms passed in step 'render': the page waits for something other than a request. The host is at 'read' and waits for http://h/r/b.", late.Message);
        Assert.False(late.Computes);
        Assert.Equal([KeyValuePair.Create(RenderFormat.Atom, "<i>a</i>")], late.Formats);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"stage":7,"inFlight":"x","formats":[]}""")]
    public async Task Ask_HostReturnsNonsense_IsIgnored(string reply)
    {
        var late = await AskAsync(new() { Answer = _ => reply });
        Assert.EndsWith("something other than a request.", late.Message, StringComparison.Ordinal);
        Assert.Empty(late.Formats);
    }

    [Fact]
    public async Task Ask_AnswerThatIsNoJson_IsNoStageButNoFaultEither()
    {
        var late = await AskAsync(new() { Answer = _ => "no JSON" });
        Assert.StartsWith("The deadline of 4000 ms passed in step 'render'", late.Message, StringComparison.Ordinal);
        Assert.Equal((false, 0), (late.Computes, late.Formats.Count));
    }

    [Fact]
    public async Task Ask_PageThatComputes_GivesItsStack()
    {
        var late = await AskAsync(new() { Answer = _ => throw new BrowserTimeoutException("busy") });
        Assert.Equal((true, "at spin"), (late.Computes, late.Stack));
    }

    [Fact]
    public async Task Ask_PageThatComputesWithoutDebugger_SaysThatTheNextHasAStack()
    {
        var late = await AskAsync(new() { IsDebugged = false, Answer = _ => throw new BrowserTimeoutException("busy") });
        Assert.EndsWith("Its stack is recorded when a page of this site hangs again.", late.Message, StringComparison.Ordinal);
    }

    private static Task<TimeoutDiagnosis> AskAsync(FakePage page) => TimeoutDiagnosis.AskAsync(page, s_visit, "render", 1_000_000, TestContext.Current.CancellationToken);
}
