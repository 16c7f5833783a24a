using System.Diagnostics;
using Fleet.Contracts;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.Tests.Browser;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.Rendering;

/// <summary>Every known way in which a page does not end by itself: each render ends with its outcome at its deadline, its slot
/// is freed, and the warm page of another affinity is not affected.</summary>
[Collection(HostilePageCollection.Name)]
public sealed class HangMatrixTests(ServerFixture server)
{
    private const int DeadlineMs = 2_500;

    /// <summary>On an idle machine it takes less than a second; a hang lasts forever.</summary>
    private static readonly TimeSpan s_slack = TimeSpan.FromSeconds(10);
    private const string Frames = "<p>x</p><script>const go = () => { const end = performance.now() + 40; while (performance.now() < end); requestAnimationFrame(go); }; go()</script>";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, RenderOutcome[]> Pages => new()
    {
        { "sync loop", "<script>for (;;);</script>", [RenderOutcome.TimedOut] },
        { "catastrophic regex", "<script>setTimeout(() => /^(a+)+$/.test('a'.repeat(40) + 'b'), 20)</script>", [RenderOutcome.TimedOut] },
        { "endless microtasks", "<script>const go = () => Promise.resolve().then(go); go()</script>", [RenderOutcome.TimedOut] },
        // It yields between frames, so it can be captured: from outside it looks settled.
        { "rAF loop", Frames, [RenderOutcome.Rendered] },
        // Ends in a time-out, or earlier with V8's own limit.
        { "allocation bomb", "<script>const all = []; for (;;) all.push(new Array(1e6).fill(1.5))</script>", [RenderOutcome.TimedOut, RenderOutcome.NoVerdict, RenderOutcome.Unusable] },
        { "dialogs", "<p>x</p><script>onbeforeunload = e => { e.preventDefault(); return 'stay' }; for (let i = 0; i < 20; i++) { alert(i); confirm(i) }</script>", [RenderOutcome.Rendered] },
        { "dialog loop", "<p>x</p><script>setTimeout(() => { for (;;) alert(1) }, 20)</script>", [RenderOutcome.TimedOut] },
        { "50 MB document", "<script>document.write(('<p>' + 'x'.repeat(1e4) + '</p>').repeat(5e3))</script>", [RenderOutcome.Failed, RenderOutcome.TimedOut] },
        { "closes itself", "<p>x</p><script>setTimeout(() => { open('about:blank', '_self'); close() }, 50)</script>", [RenderOutcome.Unusable, RenderOutcome.Failed] },
        { "redirect of its own, for ever", "<p>x</p><script>location.replace('?' + Math.random())</script>", [RenderOutcome.TimedOut, RenderOutcome.Rendered, RenderOutcome.Failed, RenderOutcome.Unusable] },
        { "reload, for ever", "<p>x</p><script>addEventListener('load', () => location.reload())</script>", [RenderOutcome.TimedOut, RenderOutcome.Rendered, RenderOutcome.Failed, RenderOutcome.Unusable] },
        { "refresh without script, for ever", "<meta http-equiv=refresh content=0><p>x</p>", [RenderOutcome.TimedOut, RenderOutcome.Rendered, RenderOutcome.Failed, RenderOutcome.Unusable] },
        { "prints", "<p>x</p><script>setInterval(() => print(), 5)</script>", [RenderOutcome.Rendered] },
        { "half an emoji on the console", "<p>x</p><script>console.error('\\ud83d'); throw new Error('\\ude00')</script>", [RenderOutcome.Rendered] },
        { "half an emoji in the document", "<p>x</p><script>document.body.append('\\ud83d')</script>", [RenderOutcome.Rendered] },
        { "arrays that are no arrays in JSON", "<p>x</p><script>Array.prototype.toJSON = () => 'none'</script>", [RenderOutcome.Rendered] },
    };

    [Theory, MemberData(nameof(Pages))]
    public async Task Html_PageOfTheMatrix_EndsInTimeAndAffectsNoOtherRender(string name, string html, RenderOutcome[] outcomes)
    {
        var path = $"/hang-{Guid.NewGuid():N}";
        server.OtherApp.Page(path, "<!doctype html><body>" + html);
        await EndsInTimeAsync(name, path, outcomes);
    }

    [Theory]
    [InlineData("never-ending document", RenderOutcome.Rendered)]
    [InlineData("never-ending headers", RenderOutcome.TimedOut)]
    [InlineData("redirects for ever", RenderOutcome.Failed)]
    [InlineData("download", RenderOutcome.NotAPage)]
    [InlineData("endless download", RenderOutcome.NotAPage)]
    public async Task Html_ResponseOfTheMatrix_EndsInTimeAndAffectsNoOtherRender(string name, RenderOutcome outcome)
    {
        var path = $"/hang-{Guid.NewGuid():N}";
        server.OtherApp.Routes[path] = http => AnswerAsync(name, http);
        await EndsInTimeAsync(name, path, [outcome]);
    }

    private static async Task AnswerAsync(string name, HttpContext http)
    {
        switch (name)
        {
            case "never-ending document":
                http.Response.ContentType = "text/html";
                await StreamAsync(http, "<p>more</p>");
                break;
            case "never-ending headers":
                await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                break;
            case "redirects for ever":
                http.Response.Redirect(http.Request.Path + "?" + Guid.NewGuid().ToString("N"));
                break;
            case "endless download":
                http.Response.Headers.ContentDisposition = "attachment; filename=x.bin";
                await StreamAsync(http, new string('x', 1000));
                break;
            default:
                http.Response.Headers.ContentDisposition = "attachment; filename=x.bin";
                await http.Response.WriteAsync("x");
                break;
        }
    }

    private static async Task StreamAsync(HttpContext http, string piece)
    {
        try
        {
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.WriteAsync(piece, http.RequestAborted);
                await http.Response.Body.FlushAsync(http.RequestAborted);
                await Task.Delay(20, http.RequestAborted);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The visit has ended.
        }
    }

    private async Task EndsInTimeAsync(string name, string path, RenderOutcome[] outcomes)
    {
        // While pages of earlier tests are leased, the other affinity's idle page would be the only one to evict for this render.
        await server.RestAsync();
        var other = await RenderOtherAsync();
        // A page that renders needs more time on a busy machine.
        var deadlineMs = outcomes is [RenderOutcome.Rendered] ? 2 * DeadlineMs : DeadlineMs;
        var start = Stopwatch.GetTimestamp();
        var visit = server.RenderAsync(new() { Url = server.OtherApp[path].AbsoluteUri, DeadlineMs = deadlineMs, Affinity = "user:hang" }, Token);
        do
        {
            var meanwhile = await RenderOtherAsync();
            AssertKept($"then {meanwhile.Page}");
        }
        while (!visit.IsCompleted);

        var result = await visit;
        var took = Stopwatch.GetElapsedTime(start);
        Assert.True(outcomes.Contains(result.Outcome), $"'{name}' ended as {result.Outcome} in step {result.Diagnostics?.Stage}: {result.Diagnostics?.Message}");
        Assert.True(took < TimeSpan.FromMilliseconds(deadlineMs) + s_slack, $"'{name}' with a deadline of {deadlineMs} ms took {took}.");
        await Eventually.Async(() => !server.Pool.Snapshot.Slots.Any(s => s.Affinity == "user:hang" && s.State == SlotState.Leased), $"the slot of '{name}' is given back",
            () => string.Join(", ", server.Pool.Snapshot.Slots));
        await server.RestAsync();
        var after = await RenderOtherAsync();
        AssertKept($"then {after.Page}");
        Assert.True(after.Page!.Warm, $"After '{name}', the other affinity has no warm page.");
        var next = await server.RenderAsync(new() { Url = server.Site["elements/argon"].AbsoluteUri, Formats = [RenderFormat.Atom], Affinity = "user:hang" }, Token);
        Assert.True(next.Formats.GetValueOrDefault(RenderFormat.Atom) == "<i>atom of argon</i>", $"The visit after '{name}' ended as {next.Outcome} in step {next.Diagnostics?.Stage}: {next.Diagnostics?.Message}");
        // A successful render resets the circuit breaker: otherwise this many hangs would have the realm rejected.
        var well = await server.RenderPageAsync("<p>well</p>");
        Assert.True(well.Outcome == RenderOutcome.Rendered, $"After '{name}', an ordinary page ended as {well.Outcome} in step {well.Diagnostics?.Stage}: {well.Diagnostics?.Message}");

        // A render may be on a second page of the affinity: a server that has just started compares renders with and without paint, and a page is busy for that after its answer.
        void AssertKept(string later)
        {
            var slots = server.Pool.Snapshot.Slots;
            Assert.True(slots.Any(slot => slot.Slot == other.Page!.Slot), $"'{name}' replaced the page of the other affinity: {other.Page}, {later}. Slots: {string.Join(", ", slots)}");
        }
    }

    private async Task<RenderResult> RenderOtherAsync()
    {
        var result = await server.RenderAsync(new() { Url = server.Site["elements/neon"].AbsoluteUri, Formats = [RenderFormat.Atom], Affinity = "user:other" }, Token);
        Assert.Equal("<i>atom of neon</i>", result.Formats.GetValueOrDefault(RenderFormat.Atom));
        return result;
    }
}
