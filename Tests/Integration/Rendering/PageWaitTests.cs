using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Tests.Rendering;

/// <summary>The waits that a request can specify.</summary>
[Collection(ServerCollection.Name)]
public sealed class PageWaitTests(ServerFixture server)
{
    [Fact]
    public async Task Renders_SelectorThatAppearsLate_IsInTheDocument()
    {
        // The page is quiet for longer than settling requires.
        var result = await server.RenderPageAsync("<p>start</p><script>setTimeout(() => document.body.insertAdjacentHTML('beforeend', '<i id=late>late</i>'), 1500)</script>", static r => r with { WaitForSelector = "#late" });
        Assert.Equal(RenderOutcome.Rendered, result.Outcome);
        Assert.Contains(">late<", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("window.ready", "setTimeout(() => { window.ready = 1; document.body.append('done') }, 1500)")]
    [InlineData("() => window.app.ready", "setTimeout(() => { window.app = { ready: true }; document.body.append('done') }, 1500)")]
    [InlineData("async () => (await fetch('/nothing-here')).status === 404 && window.ready", "setTimeout(() => { window.ready = 1; document.body.append('done') }, 1500)")]
    public async Task Renders_FunctionThatIsTruthyLate_IsWaitedFor(string function, string script)
    {
        var result = await server.RenderPageAsync($"<p>start</p><script>{script}</script>", r => r with { WaitForFunction = function });
        Assert.Equal(RenderOutcome.Rendered, result.Outcome);
        Assert.Contains("done", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("document.dispatchEvent(new Event('ready-now'))")]
    [InlineData("dispatchEvent(new CustomEvent('ready-now'))")]
    public async Task Renders_EventThatIsDispatchedLate_IsWaitedFor(string dispatch)
    {
        var result = await server.RenderPageAsync($"<p>start</p><script>setTimeout(() => {{ document.body.append('done'); {dispatch} }}, 1500)</script>", static r => r with { WaitForEvent = "ready-now" });
        Assert.Equal(RenderOutcome.Rendered, result.Outcome);
        Assert.Contains("done", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Renders_Timeout_IsWaited()
    {
        var result = await server.RenderPageAsync("<p>start</p><script>setTimeout(() => document.body.append('done'), 1500)</script>", static r => r with { WaitForTimeout = 1800 });
        Assert.Contains("done", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("selector", "'waitForSelector' '#never' was not met within 0.4 s.")]
    [InlineData("function", "'waitForFunction' 'window.never.ever' was not met within 3 s, and last threw TypeError")]
    [InlineData("promise", "'waitForFunction' 'new Promise(() => {})' was not met within 0.4 s.")]
    [InlineData("event", "'waitForEvent' 'never' was not met within 0.4 s.")]
    public async Task Renders_WaitThatIsNotMet_IsATimeoutThatNamesItAndItsTime(string kind, string message)
    {
        var result = await server.RenderPageAsync("<p>start</p>", r => kind switch
        {
            "selector" => r with { WaitForSelector = "#never", MaxWaitMs = 400 },
            // Long enough for one evaluation on a busy machine.
            "function" => r with { WaitForFunction = "window.never.ever", MaxWaitMs = 3_000 },
            "promise" => r with { WaitForFunction = "new Promise(() => {})", MaxWaitMs = 400 },
            _ => r with { WaitForEvent = "never", MaxWaitMs = 400 },
        });
        Assert.Equal((RenderOutcome.TimedOut, "wait", 200), (result.Outcome, result.Diagnostics?.Stage, result.Status));
        Assert.StartsWith(message, result.Diagnostics!.Message, StringComparison.Ordinal);
        Assert.Empty(result.Formats);
    }

    [Fact]
    public async Task Renders_WaitThatIsNotMetUntilTheDeadline_SaysSoBeforeTheDeadline()
    {
        var result = await server.RenderPageAsync("<p>start</p>", static r => r with { WaitForSelector = "#never", DeadlineMs = 2_000 });
        Assert.Equal((RenderOutcome.TimedOut, "wait"), (result.Outcome, result.Diagnostics?.Stage));
        Assert.Contains("'waitForSelector' '#never' was not met within", result.Diagnostics!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Renders_WaitLongerThanTheDeadline_IsRefusedAtOnce()
    {
        var result = await server.RenderPageAsync("<p>start</p>", static r => r with { WaitForTimeout = 19_900, DeadlineMs = 20_000 });
        Assert.Equal((RenderOutcome.TimedOut, "wait"), (result.Outcome, result.Diagnostics?.Stage));
        Assert.Matches("^'waitForTimeout' is 19900 ms, and 1[0-9]{4} ms were left until the deadline\\.$", result.Diagnostics!.Message);
        Assert.True(result.Timings.RenderMs < 15_000, $"{result.Timings}");
    }

    [Fact]
    public async Task Renders_BestAttemptAndTheWaitIsNotMet_IsTheUnfinishedPageMarkedAsCapped()
    {
        var result = await server.RenderPageAsync("<p>start</p>", static r => r with { WaitForSelector = "#never", MaxWaitMs = 300, BestAttempt = true });
        Assert.Equal((RenderOutcome.Rendered, "capped"), (result.Outcome, result.Diagnostics?.Stability));
        Assert.Contains("start", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
        Assert.Contains("'waitForSelector' '#never' was not met within 0.3 s.", result.Diagnostics!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("p[", null, "'waitForSelector' is 'p[', which is not a CSS selector.")]
    [InlineData(null, "return 1", "'waitForFunction' is 'return 1', which is not a JavaScript expression: SyntaxError")]
    public async Task Renders_ConditionThatNoPageCanMeet_IsAnErrorOfTheRequestAtOnce(string? selector, string? function, string message)
    {
        var path = $"/page-{Guid.NewGuid():N}";
        server.OtherApp.Page(path, "<p>start</p>");
        var request = new RenderRequest { Url = server.OtherApp[path].AbsoluteUri, Formats = [RenderFormat.Html], WaitForSelector = selector, WaitForFunction = function };
        using var response = await server.Client.PostAsJsonAsync("renders", request, FleetJson.Options, TestContext.Current.CancellationToken);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal((400, "invalid-request"), ((int)response.StatusCode, problem.GetProperty("reason").GetString()));
        Assert.StartsWith(message, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }
}
